/** The modules of QuickJS, as far as we use them: https://bellard.org/quickjs/quickjs.html#Standard-library */
declare module 'std' {
  interface StdFile {
    puts(text: string): void;
    flush(): void;
    /** 0, or the negative number of an error. */
    close(): number;
    error(): boolean;
  }
  export const out: StdFile;
  export const err: StdFile;
  export function exit(code: number): never;
  export function getenviron(): Record<string, string>;
  export function strerror(number: number): string;
}

declare module 'os' {
  /** A value, and 0 or the number of an error. */
  type Result<T> = [value: T, errno: number];
  interface Status {
    dev: number;
    ino: number;
    mode: number;
    nlink: number;
    uid: number;
    gid: number;
    size: number;
  }
  interface ExecOptions {
    block: boolean;
    usePath?: boolean;
    file?: string;
    stdin?: number;
    stdout?: number;
    stderr?: number;
    env?: Record<string, string>;
  }
  export const O_RDONLY: number;
  export const O_RDWR: number;
  export const O_WRONLY: number;
  export const O_APPEND: number;
  export const O_CREAT: number;
  export const O_EXCL: number;
  export const S_IFMT: number;
  export const S_IFREG: number;
  export const S_IFDIR: number;
  export const S_IFLNK: number;
  export const SIGINT: number;
  export const SIGPIPE: number;
  export const SIGQUIT: number;
  export const SIGCHLD: number;
  export const WNOHANG: number;
  /** These return a number that is not negative, or the negative number of an error. */
  export function open(path: string, flags: number, mode?: number): number;
  export function close(file: number): number;
  export function dup(file: number): number;
  export function seek(file: number, offset: number, whence: number): number;
  export function read(file: number, buffer: ArrayBuffer, offset: number, length: number): number;
  export function write(file: number, buffer: ArrayBuffer, offset: number, length: number): number;
  export function remove(path: string): number;
  export function rename(from: string, to: string): number;
  export function mkdir(path: string, mode: number): number;
  export function kill(pid: number, signal: number): number;
  export function isatty(file: number): boolean;
  export function stat(path: string): Result<Status | null>;
  export function lstat(path: string): Result<Status | null>;
  export function readdir(path: string): Result<string[]>;
  export function realpath(path: string): Result<string>;
  export function readlink(path: string): Result<string>;
  export function getcwd(): Result<string>;
  export function getpid(): number;
  /** Its pid, or 0 if it has not ended; and the status as wait(2) has it. */
  export function waitpid(pid: number, options: number): [pid: number, status: number];
  export function pipe(): [read: number, write: number] | null;
  export function exec(args: string[], options: ExecOptions): number;
  export function setReadHandler(file: number, handler: (() => void) | null): void;
  export function setWriteHandler(file: number, handler: (() => void) | null): void;
  /** null: what the system does by default; undefined: nothing. */
  export function signal(number: number, handler: (() => void) | null | undefined): void;
  /** ms */
  export function now(): number;
  export function setTimeout(work: () => void, ms: number): unknown;
  export function clearTimeout(timer: unknown): void;
}

/** The file that was started, and its arguments. */
declare const scriptArgs: string[];
