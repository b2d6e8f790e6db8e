import { until } from '../lab.js';
import type { IpfireLab } from './machine.js';
import type { Values } from './settings.js';

export const MWAN = '/var/ipfire/mwan';
export const ROLE = `${MWAN}/state/red`;
export const SECRETS = '/var/ipfire/ppp/secrets';
export const RED = '/var/ipfire/red';
export const HOOKS = '/etc/rc.d/init.d/networking';
export const NETWORK = '/etc/rc.d/init.d/network';

/** For rounds in quick succession. */
const QUICK = {
  CHECK_TIMEOUT: 1,
  CHECK_COUNT: 1,
  CHECK_INTERVAL: 2,
  MAX_RETRIES: 2,
  FAILBACK_DELAY: 0,
  FAILBACK_ATTEMPTS: 1,
};

/** ms that a line gets to have RED. What it really takes is far less; but others work on the same machine. */
const PATIENCE = 60_000;

/** The backup lines, in their order, for rounds that know nothing yet. */
export async function begin(machine: IpfireLab, backups: string[], more: Values = {}): Promise<void> {
  await configure(machine, backups, more);
  // A line that fell again and again would have to prove itself for minutes.
  await machine.sh('rm -f /run/mini-mwan.status*');
}

/** The backup lines, in their order. */
export async function configure(machine: IpfireLab, backups: string[], more: Values = {}): Promise<void> {
  await machine.mwanSettings({ ...QUICK, BACKUP_PROFILES: backups.join(' '), ...more });
}

/** Rounds, one after the other, until something is true. @returns what they printed, and how long it took: ms */
export async function rounds(machine: IpfireLab, what: () => Promise<boolean>, patience = PATIENCE) {
  const begun = performance.now();
  let said = '';
  for (;;) {
    const { stdout, stderr } = await machine.mwan('check', '--verbose');
    said += `${stdout}\n${stderr}\n`;
    if (await what()) return { said, ms: performance.now() - begun };
    if (performance.now() - begun > patience) throw new Error(`it did not happen in time:\n${said.slice(-3000)}`);
  }
}

/** Does the LAN reach the Internet, by line i and no other? */
export async function isOnline(machine: IpfireLab, i: number): Promise<boolean> {
  return (await machine.whichIsp()) === i && (await machine.lanOnline());
}

/** Rounds until the LAN is online by line i. */
export async function reach(machine: IpfireLab, i: number, patience = PATIENCE) {
  return rounds(machine, () => isOnline(machine, i), patience);
}

/** Rounds until one of them finds nothing to do, and the LAN is online by line i. */
export async function rest(machine: IpfireLab, i: number): Promise<void> {
  await reach(machine, i);
  await until(async () => {
    const { stdout, stderr } = await machine.mwan('check', '--verbose');
    return `${stdout}${stderr}`.includes('no change') && isOnline(machine, i);
  }, PATIENCE);
}

/**
 * All that could be left behind: addresses, routes, rules, processes, and files with their owners, permissions, links and texts.
 * What a KEY=VALUE file says in another order is the same. The state of rounds is left out, as are leases, and IPv6, whose addresses are
 * drawn.
 */
export async function traces(machine: IpfireLab): Promise<string> {
  const { stdout } = await machine.sh(`
    ip -br link; ip -br -4 addr; ip -4 route show table all; ip rule; nft list table ip ipfire
    ps -eo comm= | grep -vx -e ps -e sh -e sort -e grep -e timeout -e sleep | sort -u
    cd /
    skip=; for path in run/mini-mwan.status run/mini-mwan.log var/ipfire/dhcpc var/lib/dhcpcd var/log run/dhcpcd; do
      skip="$skip -path $path* -o"
    done
    set -f; find etc var run -xdev \\( $skip -path run/lock -o -path etc/lab \\) -prune -o -printf '%p %M %U:%G %n %l\\n' | sort; set +f
    for file in var/ipfire/*/* run/dns*; do [ ! -f $file ] || [ $(dirname $file) = var/ipfire/dhcpc ] || { echo "== $file"; sort $file; }; done
    for n in 1 2 3 4 5; do [ ! var/ipfire/ppp/settings -ef var/ipfire/ppp/settings-$n ] || echo "linked to $n"; done`);
  return stdout;
}

/** As if the time were over that a start gets. */
export async function giveUp(machine: IpfireLab): Promise<void> {
  await machine.sh(`sed -i 's/"deadline": .*/"deadline": 0,/; s/,\\(\\s*}\\)/\\1/' ${ROLE}`);
}

/** Somebody has RED taken down: its word for being online is gone, and the firewall lets nothing out. */
export async function takeDown(machine: IpfireLab): Promise<void> {
  await machine.sh(`rm -f ${RED}/active; ${HOOKS}/red.down/20-firewall`);
}

/** What is in a file of KEY=VALUE lines, in any order. */
export async function lines(machine: IpfireLab, path: string): Promise<string[] | undefined> {
  return (await machine.read(path))?.split('\n').sort();
}
