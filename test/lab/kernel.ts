import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a lab, and what is measured in one, needs of the kernel. */
const MODULES =
  'veth tun dummy bridge ifb sch_netem sch_cake sch_ingress cls_matchall cls_u32 act_nat act_mirred act_gact';
/** Exit code of timeout(1), too. */
const TOO_LONG = 124;

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** The first process of the kernel: all files of the machine below, a file system in memory above, which takes the writes. */
function initScript(folder: string, command: string[]): string {
  return `#!/bin/sh
export PATH=${quote(process.env.PATH ?? '')}:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
mount -t proc proc /proc
modules=/usr/lib/uml/modules/$(uname -r)
busybox insmod $modules/kernel/fs/overlayfs/overlay.ko
mount -t tmpfs tmpfs /mnt && mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
mkdir -p /mnt/root/old && cd /mnt/root && pivot_root . old && cd /
umount -l /old/proc /old/dev /old
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev && mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tmpfs run /run && mkdir /run/host
mount -t hostfs none -o ${quote(folder)} /run/host
mkdir -p /lib/modules && ln -sfn $modules /lib/modules/
busybox modprobe -aq ${MODULES}
ip link set lo up
stty -onlcr <>/dev/console >&0
cd ${quote(process.cwd())}
(${command.map(quote).join(' ')}) </dev/null
echo $? >/run/host/status
busybox poweroff -f
`;
}

function lastProcessor(): string {
  return /^Cpus_allowed_list:.*?(\d+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
}

/** How a command ended that had a kernel of its own. */
interface Run {
  /** Its exit code; 124 if it was switched off. */
  status: number;
  /** What it wrote to /run/host/result. */
  result?: string;
}

/**
 * Runs a command in a Linux kernel of its own, with its own clock, memory and modules: User Mode Linux, Debian's package
 * `user-mode-linux`. It sees this machine's files and keeps what it writes to itself, in its memory; /run/host is a folder of this
 * machine, gone afterwards. What it prints goes to standard output.
 *
 * @param memory MB of the whole machine
 * @param limit s until it is switched off
 */
export async function runInKernel(command: string[], memory: number, limit: number): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'mini-mwan-uml-'));
  try {
    const init = join(folder, 'init');
    writeFileSync(init, initScript(folder, command), { mode: 0o755 });
    const kernel = `root=/dev/root rootfstype=hostfs ro mem=${memory}M init=${init} uml_dir=${folder} con=null con0=fd:0,fd:1 loglevel=0`;
    // In a namespace of processes of its own, whose end is the end of them all. A kernel of one processor is twice as fast on one.
    const words = [
      '-c',
      lastProcessor(),
      'unshare',
      '--pid',
      '--fork',
      '--kill-child',
      'linux.uml',
      ...kernel.split(' '),
    ];
    const child = spawn('taskset', words, { stdio: ['ignore', 'inherit', 'ignore'] });
    let tooLong = false;
    const timer = setTimeout(() => {
      tooLong = true;
      child.kill('SIGKILL');
    }, limit * 1000);
    const error = await new Promise<Error | undefined>((resolve) => {
      child.on('error', resolve);
      child.on('close', () => resolve(undefined));
    });
    clearTimeout(timer);
    if (error) throw error;
    if (tooLong) return { status: TOO_LONG };
    const status = Number(readFileSync(join(folder, 'status'), 'utf8'));
    const result = join(folder, 'result');
    return existsSync(result) ? { status, result: readFileSync(result, 'utf8') } : { status };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
