/** Paths of Linux, as dirname(1), basename(1) and a shell have them. */

/** The folder that a path is in. */
export function dirname(path: string): string {
  const trimmed = path.replace(/(.)\/+$/, '$1');
  const end = trimmed.lastIndexOf('/');
  if (end < 0) return '.';
  return end === 0 ? '/' : trimmed.slice(0, end);
}

/** The last name of a path. */
export function basename(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? '';
}

/**
 * The path from the root, without `.`, `..` and double slashes.
 *
 * @param folder an absolute one, that a relative path begins at; asked for nothing else, as it may be gone
 */
export function resolve(folder: () => string, path: string): string {
  const steps: string[] = [];
  for (const step of (path.startsWith('/') ? path : `${folder()}/${path}`).split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return `/${steps.join('/')}`;
}
