import { type Files, type Stat, SystemError } from '../../lib/engine/engine.js';

/** A file or a folder in memory. */
interface Node {
  folder: boolean;
  mode: number;
  text: string;
  id: number;
  /** Open file that has it locked. */
  lock?: number;
  waiting: (() => void)[];
}

const FOLDERS = ['/', '/etc', '/etc/config', '/usr', '/usr/sbin', '/usr/lib', '/var', '/var/run', '/tmp'];

/** The files of a machine. They outlive processes; what is in /var does not outlive a reboot. */
export class Disk {
  readonly nodes = new Map<string, Node>();
  readonly open = new Map<number, { node: Node; owner: number }>();
  /** No more room: what is written ends half way. */
  full = false;
  /** Files whose text is made when it is read. */
  readonly live = new Map<string, () => string>();
  private last = 0;

  constructor() {
    for (const path of FOLDERS) this.nodes.set(path, this.create(true, 0o755, ''));
  }

  private create(folder: boolean, mode: number, text: string): Node {
    return { folder, mode, text, id: ++this.last, waiting: [] };
  }

  put(path: string, text: string, mode = 0o644): void {
    this.nodes.set(path, this.create(false, mode, text));
  }

  text(path: string): string | undefined {
    return this.nodes.get(path)?.text;
  }

  /** All that is in memory only is gone. */
  reboot(): void {
    for (const path of this.nodes.keys()) if (path.startsWith('/var/run/')) this.nodes.delete(path);
    this.open.clear();
  }

  need(path: string): Node {
    const node = this.nodes.get(path);
    if (!node) throw new SystemError('ENOENT');
    return node;
  }

  node(file: number): Node {
    const found = this.open.get(file);
    if (!found) throw new SystemError('EBADF');
    return found.node;
  }

  hold(node: Node, owner: number): number {
    const file = ++this.last;
    this.open.set(file, { node, owner });
    return file;
  }

  close(file: number): void {
    const node = this.node(file);
    this.open.delete(file);
    if (node.lock !== file) return;
    delete node.lock;
    node.waiting.shift()?.();
  }

  /** Locks it by an open file if nobody else has. */
  lock(file: number): boolean {
    const node = this.node(file);
    if (node.lock !== undefined && node.lock !== file) return false;
    node.lock = file;
    return true;
  }

  make(path: string, mode: number): Node {
    if (this.nodes.has(path)) throw new SystemError('EEXIST');
    const node = this.create(false, mode, '');
    this.nodes.set(path, node);
    return node;
  }

  write(file: number, text: string): void {
    const node = this.node(file);
    node.text = this.full ? text.slice(0, text.length / 2) : text;
    if (this.full) throw new SystemError('ENOSPC');
  }

  /** The files as a process sees them. @param step called before each access: whoever is dead is stopped there */
  filesOf(owner: number, step: (what: string) => void): Files {
    const stat = (path: string): Stat | undefined => {
      const node = this.nodes.get(path) ?? (this.live.has(path) ? this.create(false, 0o444, '') : undefined);
      return node && toStat(node);
    };
    const read = (file: number) => this.node(file).text;
    const during = <A extends unknown[], R>(what: string, work: (...args: A) => R) => {
      return (...args: A): R => {
        step(`${what} ${args[0]}`);
        return work(...args);
      };
    };
    return {
      stat: during('stat', stat),
      lstat: during('lstat', stat),
      statOpen: (file) => toStat(this.node(file)),
      open: during('open', (path) => {
        const text = this.live.get(path)?.();
        return this.hold(text === undefined ? this.need(path) : this.create(false, 0o444, text), owner);
      }),
      create: during('create', (path, mode) => this.hold(this.make(path, mode), owner)),
      openLock: during('lock', (path) => this.hold(this.nodes.get(path) ?? this.make(path, 0o600), owner)),
      openToWrite: during('open', (path) => this.hold(this.need(path), owner)),
      openToAppend: () => {
        throw new Error('only IPFire has a log of its own');
      },
      close: (file) => this.close(file),
      readText: read,
      readBytes: read,
      writeText: during('write', (file, text) => this.write(file, text)),
      writeBytes: during('write', (file, text) => this.write(file, text)),
      setMode: (file, mode) => {
        this.node(file).mode = mode;
      },
      rename: during('rename', (from, to) => {
        this.nodes.set(to, this.need(from));
        this.nodes.delete(from);
      }),
      remove: during('remove', (path) => {
        this.need(path);
        this.nodes.delete(path);
      }),
      makeFolder: during('folder', (path, mode) => void this.nodes.set(path, this.create(true, mode, ''))),
      list: (path) => {
        this.need(path);
        const begin = path === '/' ? '/' : `${path}/`;
        const below = [...this.nodes.keys()].filter((name) => name.startsWith(begin) && name !== path);
        return below.map((name) => name.slice(begin.length)).filter((name) => !name.includes('/'));
      },
      realPath: (path) => {
        this.need(path);
        return path;
      },
    };
  }
}

function toStat({ folder, mode, text, id }: Node): Stat {
  const kind = folder ? 'folder' : 'file';
  return { kind, mode, uid: 0, gid: 0, size: text.length, links: 1, identity: `${id}` };
}
