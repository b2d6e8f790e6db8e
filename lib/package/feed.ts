import type { About, PackageFile } from './files.js';
import { gzip } from './gzip.js';
import { entries, tar } from './tar.js';

/**
 * What openwrt/Makefile makes a feed's package of: the files of a router below `root/`, and the license. The program in it is
 * built, because a feed's builders have no npm.
 */
export function feedSource({ name, version }: About, files: PackageFile[], license: Uint8Array): Buffer {
  const folder = `/${name}-${version}`;
  const moved = files.map((file) => ({ ...file, path: `${folder}/root${file.path}` }));
  return gzip(tar(entries([{ path: `${folder}/LICENSE`, content: license, mode: 0o644 }, ...moved])));
}
