/** Exit codes, as the README lists them. */
export const EXIT = { ok: 0, noneUp: 1, config: 2, cannotRun: 3, routes: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something that can happen, told to the person at the router: what is wrong and where, then what to do. */
export class Trouble extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    readonly remedy: string[] = [],
  ) {
    super(message);
  }
}

/** What the system can run out of, by the code of its error, and where to look. */
const EXHAUSTED: Record<string, [what: string, remedy: string]> = {
  EMFILE: ['this process has too many open files', 'see: ulimit -n'],
  ENFILE: ['the system has too many open files', 'see: cat /proc/sys/fs/file-nr'],
  ENOMEM: ['the system has no memory left', 'see: free'],
  EAGAIN: ['the system has too many processes', 'see: ps'],
};

/** Any error as lines for the screen and an exit code. What is neither a Trouble nor a lack of something is a bug of ours, and says so. */
export function explain(error: unknown): { lines: string[]; exitCode: ExitCode } {
  if (error instanceof Trouble) {
    return { lines: [error.message, ...error.remedy.map((line) => `  ${line}`)], exitCode: error.exitCode };
  }
  const lack = EXHAUSTED[codeOf(error)];
  if (lack) return { lines: [`${lack[0]}; nothing more was done`, `  ${lack[1]}`], exitCode: EXIT.cannotRun };
  if (isUnloaded(error)) {
    return {
      lines: [
        `a file of the program is missing, damaged or of another version: ${error.message}`,
        '  install it again',
      ],
      exitCode: EXIT.cannotRun,
    };
  }
  const stack = error instanceof Error ? stackOf(error) : String(error);
  const report = 'this is a bug in mini-mwan. Please report it with these lines:';
  return { lines: [report, ...stack.split('\n').map((line) => `  ${line}`)], exitCode: EXIT.cannotRun };
}

/** With the message, which QuickJS leaves out. */
function stackOf(error: Error): string {
  const { stack = '', message } = error;
  return (stack.includes(message) ? stack : `${error}\n${stack}`).trimEnd();
}

/** The system's code of an error; empty if it has none. */
function codeOf(error: unknown): string {
  return isOutOfMemory(error) ? 'ENOMEM' : ((error as { code?: string } | undefined)?.code ?? '');
}

/** What QuickJS throws where there is no memory has no code; it may be nothing, of no type that there is, or a variable without a value yet. */
export function isOutOfMemory(error: unknown): boolean {
  return (
    error === null ||
    (typeof error as string) === 'unknown' ||
    /^out of memory| is not initialized$/.test((error as Error | undefined)?.message ?? '')
  );
}

/** An import failed: the program itself reads no code, and JSON only where it may be wrong. */
function isUnloaded(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (
    // The compiler has seen every name: one that is not there has been cut off.
    ['SyntaxError', 'ReferenceError'].includes(error.name) ||
    codeOf(error) === 'ERR_MODULE_NOT_FOUND' ||
    error.message.startsWith('could not load module')
  );
}

/** What the system said of a failed file operation, without its number. Without memory, it is no matter of a file: that is thrown. */
export function fileError(error: unknown): string {
  if (isOutOfMemory(error)) throw error;
  const code = codeOf(error);
  const words: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'not permitted',
    ENOENT: 'no such file or directory',
    ENOTDIR: 'a part of its path is no directory',
    EISDIR: 'it is a directory',
    EEXIST: 'a file is in its place',
    ENOSPC: 'no space left',
    EROFS: 'the file system is read-only',
    ELOOP: 'too many symbolic links',
  };
  return words[code] ?? (code || String(error));
}
