import { type Engine, type Files, type Stat, SystemError } from '../lib/engine/engine.js';
import { basename, dirname } from '../lib/path.js';
import type { Exec, Finished, StartOptions } from '../lib/system/exec.js';

interface Entry {
  kind: Stat['kind'];
  text: string;
  mode: number;
  uid: number;
  /** Its inode. */
  id: number;
  /** The open file that has it locked. */
  lockedBy?: number;
}

/** What a program answers; it ends with 0 unless said otherwise. */
type Program = (args: string[], options: StartOptions) => Partial<Finished>;

const FOLDERS = ['/', '/etc', '/etc/config', '/etc/init.d', '/proc', '/tmp', '/tmp/.uci', '/usr', '/var', '/var/run'];

/** A machine in memory, with files, a clock and programs. It refuses what the system would refuse. */
export class Machine {
  /** s since boot, and the boot. */
  uptime = 1000;
  bootId = 'boot1';
  /** The system's code for an operation that it refuses. */
  refuse: (operation: keyof Files, path: string) => string | undefined = () => undefined;
  programs: Record<string, Program> = {};
  /** Programs that were to outlive us. */
  readonly detached: { words: string[]; input: string }[] = [];
  detaches = true;
  out = '';
  err = '';
  tty = false;
  /** Lines of standard input. */
  readonly typed: string[] = [];
  uid = 0;
  private readonly entries = new Map<string, Entry>();
  private readonly open = new Map<number, Entry>();
  /** Open files that are written behind their ends. */
  private readonly appending = new Set<number>();
  private last = 0;

  constructor() {
    for (const path of FOLDERS) this.put(path, '', { kind: 'folder', mode: 0o755 });
    this.programs.flock = (args, { inherit = 0 }) => this.lock(args, inherit);
  }

  /** Puts something there, whatever was there before. */
  put(path: string, text: string, more: Partial<Entry> = {}): void {
    this.entries.set(path, { kind: 'file', text, mode: 0o644, uid: 0, id: ++this.last, ...more });
  }

  drop(path: string): void {
    this.entries.delete(path);
  }

  /** Text of a file; undefined if there is none. */
  text(path: string): string | undefined {
    return this.entries.get(path)?.text;
  }

  mode(path: string): number | undefined {
    return this.entries.get(path)?.mode;
  }

  /** How many files are open. */
  get opened(): number {
    return this.open.size;
  }

  /** What was printed since the last time. */
  printed(): { out: string; err: string } {
    const { out, err } = this;
    this.out = '';
    this.err = '';
    return { out, err };
  }

  /** Lets time pass. */
  pass(seconds: number): void {
    this.uptime += seconds;
  }

  /** The paths of all operations of a kind from now on. */
  listen(operation: keyof Files): string[] {
    const paths: string[] = [];
    this.refuse = (done, path) => {
      if (done === operation) paths.push(path);
      return undefined;
    };
    return paths;
  }

  private entry(path: string): Entry {
    const found = this.entries.get(path);
    if (!found) throw new SystemError('ENOENT');
    return found;
  }

  private hold(entry: Entry): number {
    this.open.set(++this.last, entry);
    return this.last;
  }

  private held(file: number): Entry {
    const entry = this.open.get(file);
    if (!entry) throw new SystemError('EBADF');
    return entry;
  }

  private make(path: string, kind: Entry['kind'], mode: number): Entry {
    if (this.entries.has(path)) throw new SystemError('EEXIST');
    if (this.entry(dirname(path)).kind !== 'folder') throw new SystemError('ENOTDIR');
    this.put(path, '', { kind, mode });
    return this.entry(path);
  }

  private live(): void {
    this.put('/proc/uptime', `${this.uptime.toFixed(2)} 0.00\n`);
    this.put('/proc/sys/kernel/random/boot_id', `${this.bootId}\n`);
  }

  private readonly files: Files = this.guard({
    stat: (path) => toStat(this.entries.get(path)),
    lstat: (path) => toStat(this.entries.get(path)),
    statOpen: (file) => toStat(this.held(file)) as Stat,
    open: (path) => {
      if (path.startsWith('/proc/')) this.live();
      return this.hold(this.entry(path));
    },
    create: (path, mode) => this.hold(this.make(path, 'file', mode)),
    openLock: (path) => this.hold(this.entries.get(path) ?? this.make(path, 'file', 0o600)),
    openToWrite: (path) => this.hold(this.entry(path)),
    openToAppend: (path, mode) => {
      const file = this.hold(this.entries.get(path) ?? this.make(path, 'file', mode));
      this.appending.add(file);
      return file;
    },
    close: (file) => {
      const entry = this.held(file);
      if (entry.lockedBy === file) delete entry.lockedBy;
      this.open.delete(file);
    },
    readText: (file) => this.held(file).text,
    readBytes: (file) => this.held(file).text,
    writeText: (file, text) => {
      const entry = this.held(file);
      entry.text = this.appending.has(file) ? entry.text + text : text;
    },
    writeBytes: (file, text) => {
      this.held(file).text = text;
    },
    setMode: (file, mode) => {
      this.held(file).mode = mode;
    },
    rename: (from, to) => {
      this.entries.set(to, this.entry(from));
      this.entries.delete(from);
    },
    remove: (path) => {
      if (this.entry(path).kind === 'folder' && this.list(path).length > 0) throw new SystemError('ENOTEMPTY');
      this.entries.delete(path);
    },
    makeFolder: (path, mode) => void this.make(path, 'folder', mode),
    list: (path) => this.list(path),
    realPath: (path) => (this.entry(path) ? path : ''),
  });

  private list(path: string): string[] {
    this.entry(path);
    return [...this.entries.keys()].filter((other) => other !== path && dirname(other) === path).map(basename);
  }

  /** Each operation on a path fails if it is refused. */
  private guard(files: Files): Files {
    const guarded = Object.entries(files).map(([operation, work]: [string, (...args: never[]) => unknown]) => [
      operation,
      (...args: never[]) => {
        const [path] = args as unknown[];
        const code = typeof path === 'string' ? this.refuse(operation as keyof Files, path) : undefined;
        if (code !== undefined) throw new SystemError(code);
        return work(...args);
      },
    ]);
    return Object.fromEntries(guarded);
  }

  private lock(args: string[], file: number): Partial<Finished> {
    const entry = this.held(file);
    if (entry.lockedBy === undefined) {
      entry.lockedBy = file;
      return {};
    }
    return { exitCode: 1, ...(args.includes('-n') ? {} : { failure: 'no end in time' }) };
  }

  readonly engine: Engine = {
    kind: 'node',
    name: 'Memory',
    args: [],
    env: {},
    self: ['/usr/sbin/mini-mwan'],
    program: '/usr/sbin/mini-mwan',
    pid: 42,
    uid: 0,
    out: this.output((text) => {
      this.out += text;
    }),
    err: this.output((text) => {
      this.err += text;
    }),
    files: this.files,
    input: async () => '',
    line: async () => this.typed.shift(),
    folder: () => '/',
    ticks: () => this.uptime * 1000,
    after: () => () => {},
    onInterrupt: () => {},
    start: () => {
      throw new Error('programs are started by exec');
    },
    detach: async () => false,
    isAlive: () => false,
    exit: () => {
      throw new Error('nobody ends it');
    },
  };

  private output(write: (text: string) => void) {
    const isTTY = () => this.tty;
    return {
      write,
      get isTTY() {
        return isTTY();
      },
    };
  }

  readonly exec: Exec = {
    start: (program, args, options) => {
      const run = this.programs[basename(program)];
      const nobody: Finished = { stdout: '', stderr: '', failure: 'not found', unstarted: true };
      const { exitCode = 0, ...answer } = run?.(args, options) ?? {};
      const ended = answer.failure === undefined ? { exitCode } : {};
      return {
        finished: Promise.resolve(run ? { stdout: '', stderr: '', ...answer, ...ended } : nobody),
        kill: () => {},
      };
    },
    detach: async (program, args, input) => {
      if (this.detaches) this.detached.push({ words: [program, ...args], input });
      return this.detaches;
    },
    find: async (program) => (this.programs[program] ? `/usr/sbin/${program}` : undefined),
  };
}

function toStat(entry: Entry | undefined): Stat | undefined {
  if (!entry) return undefined;
  const { kind, mode, uid, text, id } = entry;
  return { kind, mode, uid, gid: 0, size: text.length, links: 1, identity: `${id}` };
}
