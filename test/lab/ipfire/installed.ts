import { resolve } from 'node:path';
import { execa } from 'execa';
import type { Test } from 'tap';
import { IpfireLab } from './machine.js';

/** Built by one test at a time, and not while another uses it. */
const BUILD = `program=dist/mini-mwan-$(uname -m)
[ "$program" -nt dist/native/main.js ] || lib/package/binary.sh >&2
echo "$program"`;
const { stdout } = await execa('flock', ['dist/native', 'sh', '-ec', BUILD]);
/** The executable: what runs on IPFire, which has no engine. */
const PROGRAM = resolve(stdout.trim());

/** A machine on which mini-mwan has been installed, and nothing else done. */
export async function installed(t: Test, options: Parameters<typeof IpfireLab.create>[0]): Promise<IpfireLab> {
  const machine = await bare(t, options);
  const { exitCode, stderr } = await machine.mwan('install');
  t.strictSame([exitCode, stderr], [0, ''], 'installed');
  return machine;
}

/** One on which there is nothing of mini-mwan. */
export async function bare(t: Test, options: Parameters<typeof IpfireLab.create>[0]): Promise<IpfireLab> {
  const machine = await IpfireLab.create({ ...options, program: [PROGRAM] });
  t.teardown(machine.remove);
  await machine.sh(
    'rm -rf /var/ipfire/mwan /usr/lib/mini-mwan /usr/local/bin/mini-mwan; mkdir -p /var/ipfire/backup/addons/includes',
  );
  return machine;
}

/** What is ours and runs, or is in the kernel. */
export async function traces(machine: IpfireLab): Promise<string> {
  const script = 'ip route show table all proto 77; ip rule; ip addr; ps -eo args';
  const { stdout: all } = await machine.sh(script);
  return all
    .split('\n')
    .filter((line) => /mini-mwan|proto 77|metric 7700|lookup 77|group 77/.test(line) && !/ps -eo|init\.sh/.test(line))
    .join('\n');
}

/** All that is there but for what changes with RED: name, kind, mode, owner, target of a link, content. */
export async function tree(machine: IpfireLab): Promise<string> {
  // What else is in /usr is the outside's.
  const paths = '/etc /usr/local/bin /usr/lib/mini-mwan /var';
  const skip = '-path /var/ipfire/red -o -path /var/ipfire/dhcpc -o -path /var/log/messages -o -path /var/lib/dhcpcd';
  const find = `find ${paths} \\( ${skip} \\) -prune -o`;
  const script = `${find} -printf '%p %y %m %u %g %l\\n' | sort; ${find} -type f -exec sha256sum {} + | sort`;
  return (await machine.sh(`(${script}) 2>/dev/null`)).stdout;
}
