/** Makes the packages of what the build left in dist/, and prints their paths: `npm run package`. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import manifest from '../../package.json' with { type: 'json' };
import { installedFiles, type Program } from '../install/files.js';
import { apk, apkVersion } from './apk.js';
import { feedSource } from './feed.js';
import type { About, PackageFile } from './files.js';
import { ipk, ipkVersion } from './ipk.js';

const DIST = 'dist';
const OPENWRT = { openwrt: true, ipfire: false, crontabs: true, http: false };

const { name, version, license, description } = manifest;
const about = (engine: string): About => ({ name, version, license, description, depends: [engine, 'ip-full'] });

const [onNode, onQuickjs] = await Promise.all([filesFor('node'), filesFor('quickjs')]);
const forOpkg = about('node');
const forApk = about('quickjs');
const made = {
  [`${name}_${ipkVersion(forOpkg)}_all.ipk`]: ipk(forOpkg, onNode),
  [`${name}-${apkVersion(forApk)}.apk`]: apk(forApk, onQuickjs),
  [`${name}-${version}.tar.gz`]: feedSource(forApk, onQuickjs, await readFile('LICENSE')),
};
for (const [file, content] of Object.entries(made)) {
  await writeFile(`${DIST}/${file}`, content);
  console.log(`${DIST}/${file}`);
}

/** The files of an OpenWrt router whose program runs on this engine. */
async function filesFor(kind: Exclude<Program['kind'], 'native'>): Promise<PackageFile[]> {
  const folder = `${DIST}/${kind}`;
  const files: Program['files'] = [];
  for (const file of await readdir(folder)) {
    files.push({ name: file, bytes: await readFile(`${folder}/${file}`, 'latin1') });
  }
  return installedFiles({ kind, files }, OPENWRT).map(({ bytes, ...file }) => ({
    ...file,
    content: Buffer.from(bytes, 'latin1'),
  }));
}
