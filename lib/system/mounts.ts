import { dirname } from '../path.js';

/** A line of /proc/mounts. */
export interface Mount {
  point: string;
  type: string;
  options: string[];
}

/** What is mounted, in its order. */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line): Mount[] => {
    const [, point, type, options] = line.split(' ').map(unescapeOctal);
    return point === undefined || type === undefined ? [] : [{ point, type, options: options?.split(',') ?? [] }];
  });
}

/** Blanks and backslashes are written as `\040` there: proc_pid_mounts(5). */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** The mount that a path, without links, is in. Of several at one point, the last is seen. */
export function mountOf(mounts: Mount[], path: string): Mount | undefined {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = mounts.filter(({ point }) => point === folder).at(-1);
    if (found || folder === '/' || folder === '.') return found;
  }
}

/** Whether what is written there is gone when the router starts again. An overlay keeps what its upper folder keeps. */
export function isInRam(mounts: Mount[], path: string): boolean {
  const mount = mountOf(mounts, path);
  if (mount?.type === 'overlay') {
    const upper = mount.options.find((option) => option.startsWith('upperdir='))?.slice('upperdir='.length);
    return (
      upper !== undefined &&
      upper !== path &&
      isInRam(
        mounts.filter((one) => one !== mount),
        upper,
      )
    );
  }
  return mount !== undefined && ['tmpfs', 'ramfs', 'rootfs'].includes(mount.type);
}
