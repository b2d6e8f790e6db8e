/** One thing that mini-mwan stands on. With `wrong`, it is not so. */
export interface Finding {
  what: string;
  wrong?: string;
  /** What follows from that, and what to do. */
  means?: string;
  remedy?: string;
}

/** What a script of IPFire's must still have in it, as far as it can be told from its text. */
interface Fact {
  file: string;
  what: string;
  words: RegExp[];
  means: string;
}

const RC = '/etc/rc.d/init.d';
/** All scripts of that folder, as one text. */
export const NETWORKING = `${RC}/networking`;
const REPORT = 'this core update has changed what mini-mwan stands on: mini-mwan disable, and look for a newer version';

const FACTS: Fact[] = [
  {
    file: `${RC}/network`,
    what: 'starts and stops RED by itself',
    words: [/\bstart\b/, /\bstop\b/, /\bred\b/, /networking\/red\b/],
    means: 'RED cannot be moved to another line',
  },
  {
    file: `${NETWORKING}/red`,
    what: 'takes RED_TYPE and RED_DEV from ethernet/settings',
    words: [/ethernet\/settings/, /RED_TYPE/, /RED_DEV/, /STATIC/, /DHCP/, /PPPOE/],
    means: 'what is written there does not make a line RED',
  },
  {
    file: `${NETWORKING}/red`,
    what: 'says in red/active, red/iface and the address files how RED is',
    words: [/\bactive\b/, /\biface\b/, /\blocal-ipaddress\b/, /\bremote-ipaddress\b/],
    means: 'it is not seen whether RED is up',
  },
  {
    file: `${NETWORKING}/red`,
    what: 'runs the hooks in red.up and red.down',
    words: [/run_subdir\b.*\bred\.up\b/, /run_subdir\b.*\bred\.down\b/],
    means: 'events are seen only by the next minute',
  },
  {
    file: NETWORKING,
    what: 'dials by ppp/settings, with pppd and connectd',
    words: [/ppp\/settings/, /\bpppd\b/, /\bconnectd\b/],
    means: 'lines that are dialled do not come up',
  },
  {
    file: `${RC}/connectd`,
    what: 'is the dialler, and keeps red/keepconnected',
    words: [/\bkeepconnected\b/, /ppp\/settings/],
    means: 'a hang-up is not told from a lost line',
  },
  {
    file: '/etc/ppp/ip-up',
    what: 'says that a dialled line is up, and runs the hooks',
    words: [/\bactive\b/, /\biface\b/, /run_subdir\b.*\bred\.up\b/],
    means: 'a dialled line is not seen to be up',
  },
  {
    file: '/etc/ppp/ip-down',
    what: 'says that a dialled line is lost, and has connectd dial again',
    words: [/\bactive\b/, /run_subdir\b.*\bred\.down\b/, /\bconnectd reconnect\b/],
    means: 'a lost line is not seen to be lost, or is left to its dialler for too long',
  },
  {
    file: `${NETWORKING}/dhcpcd.exe`,
    what: 'says that RED has a lease, or has lost it, and runs the hooks',
    words: [/\bRED_DEV\b/, /\bactive\b/, /run_subdir\b.*\bred\.up\b/, /run_subdir\b.*\bred\.down\b/],
    means: 'a line by DHCP is not seen to be up, or to be lost',
  },
  {
    file: `${NETWORKING}/dhcpcd.exe`,
    what: 'keeps what a DHCP server told in dhcpcd-DEVICE.info',
    words: [/\/dhcpc\/dhcpcd-\$\{?interface\}?\.info\b/],
    means: 'the gateway of a line by DHCP is not known while it is not up',
  },
  {
    file: `${RC}/firewall`,
    what: 'lets the LAN out by the device that red/iface says',
    words: [/\bred\/iface\b/, /\bred\/active\b/],
    means: 'a line that becomes RED without a break lets nobody out',
  },
  {
    file: `${NETWORKING}/red.up/20-firewall`,
    what: 'has the firewall follow RED',
    words: [/\bfirewall\b/],
    means: 'a line that becomes RED without a break lets nobody out',
  },
  {
    file: '/usr/local/bin/readhash',
    what: 'takes the values of settings that mini-mwan writes',
    words: [/A-Za-z0-9=\/,\.:%_@#\+-/],
    means: 'IPFire may read nothing of what is written there',
  },
  {
    file: `${RC}/functions`,
    what: 'runs all that is in a folder of hooks',
    words: [/\brun_subdir\b/],
    means: 'our hooks are not run',
  },
  {
    file: '/var/spool/cron/root.orig',
    what: 'has fcron run what is in /etc/fcron.minutely',
    words: [/fcron\.minutely/],
    means: 'no round runs by itself',
  },
];

/** Files whose texts are asked for. */
export const FILES = [...new Set(FACTS.map(({ file }) => file))];

/** Are the scripts those that mini-mwan knows? @param texts by path; absent: it is not there */
export function examineScripts(texts: Record<string, string | undefined>): Finding[] {
  return FACTS.map(({ file, what, words, means }): Finding => {
    const text = texts[file];
    // A comment does nothing.
    const code = (text ?? '').replace(/^\s*#.*$/gm, '');
    const missing = words.filter((word) => !word.test(code));
    const wrong = text === undefined ? 'it is not there' : 'it is another script than the one that is known';
    return { what: `${file} ${what}`, ...(missing.length > 0 ? { wrong, means, remedy: REPORT } : {}) };
  });
}

/** What must be there, and what it is for. */
const PROGRAMS: Record<string, string> = {
  ip: 'addresses, routes and rules',
  ping: 'tests of a line',
  flock: 'the lock that keeps rounds apart',
  killall: 'the end of a dialler',
  pgrep: 'whether something dials',
  pkill: 'the end of a DHCP client',
  dhcpcd: 'the lease of a line that stands by',
  'pppoe-discovery': 'whether somebody answers on a PPPoE line that stands by',
  logger: 'messages in /var/log/messages',
  chown: 'owners of files that are replaced',
  sync: 'what must outlast a power cut',
  setsid: 'rounds that nobody waits for',
};

/** @param found names of those that are there */
export function examinePrograms(found: ReadonlySet<string>): Finding[] {
  return Object.entries(PROGRAMS).map(([name, use]): Finding => {
    if (found.has(name)) return { what: `${name}: ${use}` };
    return {
      what: `${name}: ${use}`,
      wrong: 'not found',
      means: 'that does not work',
      remedy: 'install the core update again',
    };
  });
}

export const NAMES = Object.keys(PROGRAMS);

/** What the programs must be able to do: what they printed. */
export function examineAbilities({ address, dhcpcd }: { address: string; dhcpcd: string }): Finding[] {
  const [json, script] = [/^\s*\[\s*\{/.test(address), /(^|\W)(-c|--script)\b/m.test(dhcpcd)];
  return [
    { what: 'ip prints JSON', ...(json ? {} : { wrong: 'it does not', means: 'nothing is seen', remedy: REPORT }) },
    {
      what: 'dhcpcd takes a script of its own, by -c',
      ...(script
        ? {}
        : { wrong: 'it does not', means: 'a DHCP line cannot be tested while it stands by', remedy: REPORT }),
    },
  ];
}
