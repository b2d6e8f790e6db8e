/**
 * What the program needs of the JavaScript engine that runs it. There are two, in the folders `node` and `quickjs`; nothing else
 * in lib/ knows an engine. What cannot be done is thrown as a SystemError, with the system's code.
 */
export interface Engine {
  kind: 'node' | 'quickjs' | 'native';
  /** For people, as `Node 20.20.2`. */
  name: string;
  /** Arguments, without the program. */
  args: string[];
  env: Record<string, string | undefined>;
  /** The words that start this program again; arguments follow. */
  self: string[];
  /** The file that was started: the first of the program's own, or all of it in one executable. */
  program: string;
  pid: number;
  /** Effective user id. */
  uid: number;
  out: Output;
  err: Output;
  files: Files;
  /** All that comes by standard input; throws if it is more than `maxBytes`. */
  input(maxBytes: number): Promise<string>;
  /** The next line of standard input, without its end; undefined if no more comes. Not together with `input`. */
  line(): Promise<string | undefined>;
  /** The working directory. */
  folder(): string;
  /** ms, from any beginning, by a clock that never goes back. */
  ticks(): number;
  /**
   * Does something in `ms`, when all is read that programs have printed by then: who has much to do would else take an answer that is
   * there for silence. Returns what takes it back.
   */
  after(ms: number, work: () => void): () => void;
  /** Told when somebody presses Ctrl-C, or when nobody reads our output any more. */
  onInterrupt(told: () => void): void;
  start(order: Order): Running;
  /** Starts a program that outlives us; resolves when it has its input, to whether it was started. Nobody hears what becomes of it. */
  detach(order: Order): Promise<boolean>;
  isAlive(pid: number): boolean;
  exit(code: number): never;
}

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
}

/** A program to start. No shell, and nothing of our environment. */
export interface Order {
  /** Path of the program. */
  file: string;
  args: string[];
  env: Record<string, string>;
  /** Text for its standard input; nothing to read otherwise. */
  input?: string;
  /** Its standard input stays open for what it is told later. */
  talk?: true;
  /** An open file of ours that it gets as its standard input. */
  inherit?: number;
  /** Characters of output that are too many. */
  maxOutput: number;
  /**
   * `mixed`: what it prints on stderr is in stdout, too, which spares an open file. `none`: it is not heard, and ends when it
   * ends itself, whatever it leaves in the background. Otherwise both are heard until nobody can write to them.
   */
  output?: 'mixed' | 'none';
  /**
   * Told what it prints as it comes, in pieces that may end anywhere: what goes to stdout, `mixed` included. Nothing of that is
   * kept, nor too much.
   */
  hear?: (piece: string) => void;
  /** The same for stderr. Only with `hear`. */
  hearErrors?: (piece: string) => void;
}

/** Characters that are kept of the output of a program that printed too much. */
export const BEGINNING = 16_000;

/** A program that runs. */
export interface Running {
  ended: Promise<Ended>;
  /** Tells it something, of an order with `talk`. Nothing happens if it has ended. */
  say?(text: string): void;
  /** Kills it; `ended` follows at once. All that it has started is killed, too: on QuickJS within a second, or as we end. */
  kill(): void;
}

export interface Ended {
  stdout: string;
  stderr: string;
  /** Absent if it did not end by itself. */
  exitCode?: number;
  /** Name or number of the signal that ended it. */
  signal?: string;
  /** The system's code for why it could not be started. */
  unstarted?: string;
  /** It printed more than it may, and was killed: how its stdout began. */
  excess?: string;
}

/** A file, a folder, or what else a name leads to. */
export interface Stat {
  kind: 'file' | 'folder' | 'link' | 'other';
  /** Permissions: the lower twelve bits of inode(7). */
  mode: number;
  uid: number;
  gid: number;
  /** Bytes. */
  size: number;
  /** How many names it has. */
  links: number;
  /** The same for the same file, whatever its name. */
  identity: string;
}

/** Files by their paths, and open ones by their numbers. Text is UTF-8; bytes are a string with a character for each. */
export interface Files {
  /** Undefined if nothing is there. */
  stat(path: string): Stat | undefined;
  /** The same of a link itself. */
  lstat(path: string): Stat | undefined;
  statOpen(file: number): Stat;
  /** Opens for reading. @param follow false: a link is refused, with code ELOOP */
  open(path: string, follow: boolean): number;
  /** Makes a file that is not there yet, never through a link. @param mode less what the umask takes */
  create(path: string, mode: number): number;
  /** Opens for reading and writing, never through a link; makes it, for its owner only, where there is none. */
  openLock(path: string): number;
  /** Opens a file that is there for writing: of the kernel's, as those of /proc/sys. */
  openToWrite(path: string): number;
  /** Opens a file for writing behind its end, never through a link; makes it where there is none. @param mode as that of create */
  openToAppend(path: string, mode: number): number;
  close(file: number): void;
  readText(file: number): string;
  readBytes(file: number): string;
  /** Writes from the beginning of the file, or behind its end where it was opened for that. */
  writeText(file: number, text: string): void;
  writeBytes(file: number, bytes: string): void;
  /** Permissions of an open file, whatever the umask. */
  setMode(file: number, mode: number): void;
  rename(from: string, to: string): void;
  /** Removes a file, a link or an empty folder. */
  remove(path: string): void;
  /** Makes a folder; those above it are there. */
  makeFolder(path: string, mode: number): void;
  /** Names in a folder. */
  list(path: string): string[];
  /** The path without links. */
  realPath(path: string): string;
}

/** As the system says what it could not do. */
export class SystemError extends Error {
  /** @param code the system's name of the error, as ENOENT, or words where there is none */
  constructor(readonly code: string) {
    super(code);
  }
}
