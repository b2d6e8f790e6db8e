import { type About, type PackageFile, userFiles } from './files.js';
import { gzip } from './gzip.js';
import { IPK_SCRIPTS } from './scripts.js';
import { entries, tar } from './tar.js';

const SECTION = 'net';

/** Version of the package. */
export function ipkVersion({ version }: About): string {
  return `${version}-1`;
}

/**
 * A package for opkg, OpenWrt's package manager up to 24.10: an archive of two archives, in the layout of OpenWrt's
 * scripts/ipkg-build.
 */
export function ipk(about: About, files: PackageFile[]): Buffer {
  const data = tar(entries(files));
  const control = tar(entries(controlFiles(about, files, data.length)));
  return gzip(
    tar([
      { name: './debian-binary', mode: 0o644, content: Buffer.from('2.0\n') },
      { name: './data.tar.gz', mode: 0o644, content: gzip(data) },
      { name: './control.tar.gz', mode: 0o644, content: gzip(control) },
    ]),
  );
}

function controlFiles(about: About, files: PackageFile[], size: number): PackageFile[] {
  const texts = {
    control: controlText(about, size),
    conffiles: lines(userFiles(files).map(({ path }) => path)),
    ...IPK_SCRIPTS,
  };
  return Object.entries(texts).map(([name, text]) => ({
    path: `/${name}`,
    content: Buffer.from(text),
    mode: name in IPK_SCRIPTS ? 0o755 : 0o644,
  }));
}

function controlText(about: About, size: number): string {
  return lines([
    `Package: ${about.name}`,
    `Version: ${ipkVersion(about)}`,
    `Depends: ${about.depends.join(', ')}`,
    `License: ${about.license}`,
    `Section: ${SECTION}`,
    'Architecture: all',
    `Installed-Size: ${size}`,
    `Description: ${about.description}`,
  ]);
}

function lines(texts: string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
