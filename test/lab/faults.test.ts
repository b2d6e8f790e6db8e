import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tap, { type Test } from 'tap';
import { type Fault, FLOOD, faultsOf, QUICK, runRound, verdicts } from './fault.js';
import type { Lab, WanSetup } from './lab.js';
import { NODE, QUICKJS } from './program.js';
import { scenario } from './scenario.js';

tap.jobs = 8;

/** Cases for each lab: they take turns there, and mostly wait. */
const SHARE = 5;

/** A program that rounds start, and all that it does to them. */
interface Neighbour {
  program: string;
  faults: Fault[];
  setup?: WanSetup[];
  /** Configures the lab, with the program as it should be; its own folder is there to use. */
  prepare?(lab: Lab): Promise<unknown>;
  /** A round, as a script for the router as a system of its own. */
  script?: string;
  /** What starts it; QuickJS unless said. */
  engine?: string[];
}

/** A round with the fault, and one without. */
interface Rounds {
  faulty(): Promise<unknown>;
  good(): Promise<unknown>;
}

/** Tries each fault in a lab where a first round has run well. */
function each(
  {
    program,
    faults,
    setup = [{}, {}],
    prepare = (lab) => lab.configureAll(QUICK),
    script,
    engine = QUICKJS,
  }: Neighbour,
  title: string,
  begin: (lab: Lab, rounds: Rounds) => Promise<unknown>,
  one: (t: Test, lab: Lab, rounds: Rounds) => Promise<unknown>,
) {
  for (let i = 0; i < faults.length; i += SHARE) {
    const name = `${program} ${title}, ${engine === NODE ? 'on Node' : 1 + i / SHARE}`;
    const body = async (t: Test, lab: Lab) => {
      const roundsOf = (t: Test, fault?: Fault): Rounds => ({
        faulty: async () => {
          await rm(join(lab.bin, program), { force: true });
          if (fault?.script !== undefined) await lab.replace(program, fault.script.replaceAll('LAB', lab.folder));
          const real = !['ubus', 'uci'].includes(program);
          await runRound(t, lab, fault ?? {}, { script, hide: fault?.script === undefined && real ? [program] : [] });
        },
        good: async () => {
          await rm(join(lab.bin, program), { force: true });
          await prepare(lab);
          await runRound(t, lab, {}, { script });
        },
      });
      await roundsOf(t).good();
      await begin(lab, roundsOf(t));
      for (const fault of faults.slice(i, i + SHARE)) {
        await t.test(`${program} ${fault.name}`, (t) => one(t, lab, roundsOf(t, fault)));
      }
    };
    scenario(name, setup, body, engine);
  }
}

/** A line dies: the round does its work in spite of the fault. The next one, without it, goes back. */
function keepsNobody(neighbour: Neighbour) {
  const state = (lab: Lab) => (neighbour.script === undefined ? lab.state : `${lab.folder}/run/mini-mwan.status`);
  each(
    neighbour,
    'at fault keeps no round from its work',
    async () => {},
    async (t, lab, { faulty, good }) => {
      // After several falls, a line would not be trusted again at once.
      await rm(state(lab));
      await good();
      await lab.silence(1);
      await faulty();
      t.equal(await lab.exit(), 'eth2');
      t.strictSame(await verdicts(lab, state(lab)), ['down', 'up']);
      t.ok(await lab.reaches());
      await lab.heal(1);
      await good();
      t.equal(await lab.exit(), 'eth1', 'the next round is right');
      t.strictSame(await verdicts(lab, state(lab)), ['up', 'up']);
    },
  );
}

/** The line of the backup. */
async function toBackup(lab: Lab, { good }: Rounds) {
  await lab.silence(1);
  await good();
}

/** Nothing can be learned: everything stays, the LAN keeps its Internet, and the next round finds nothing to do. */
function changesNothing(neighbour: Neighbour) {
  each(neighbour, 'at fault turns no verdict and touches no route', toBackup, async (t, lab, { faulty, good }) => {
    const before = await lab.routes();
    t.equal(await lab.exit(), 'eth2');
    for (const round of [faulty, good]) {
      await round();
      t.strictSame(await verdicts(lab), ['down', 'up']);
      t.strictSame(await lab.routes(), before);
      t.ok(await lab.reaches());
    }
  });
}

/** Routes cannot be written, or not all of them: whatever is there works, and the next round completes it. */
function leavesItToTheNext(neighbour: Neighbour) {
  each(neighbour, 'at fault is made good by the next round', toBackup, async (t, lab, { faulty, good }) => {
    // As above: it has not fallen before.
    await rm(lab.state);
    await good();
    await lab.heal(1);
    await faulty();
    t.strictSame(await verdicts(lab), ['up', 'up'], 'what was judged is known');
    t.ok(await lab.reaches());
    await good();
    t.equal(await lab.exit(), 'eth1');
    t.equal(await lab.exit('200.1.1.1'), 'eth1');
    await lab.silence(1);
    await good();
    t.equal(await lab.exit(), 'eth2');
    t.equal(await lab.exit('200.1.1.1'), 'eth2');
  });
}

// What is not in these tables is in bad-input.test.ts, telling.test.ts and lock.test.ts.

// First what takes longest.
/** A fault when it is to write routes; reading works. */
const writing = (name: string, script: string, rest: Partial<Fault>): Fault => ({
  name: `${name} when it writes`,
  script: `case "$*" in "-batch -") ${script};; *) exec /sbin/ip "$@";; esac`,
  ...rest,
});
const notWritten = (words: string): Partial<Fault> => ({
  says: new RegExp(`^mini-mwan: 'ip -batch' could not be used: ${words}`),
  exitCode: 3,
});
leavesItToTheNext({
  program: 'ip',
  // A default of the system with metric 0: every change is of several lines.
  setup: [{ systemMetric: 0 }, {}],
  faults: [
    writing('hangs for ever', 'while :; do sleep 100; done', { ...notWritten('no end after 10 s'), extra: 10 }),
    writing('is killed half-way', 'head -n 1 | /sbin/ip "$@"; kill -SEGV $$', notWritten('ended by SIGSEGV')),
    writing('complains for 100 MB', `{ ${FLOOD}; } >&2`, notWritten('printed far too much')),
    writing('does nothing', 'exit 0', {
      says: /^mini-mwan: the routing table does not take or keep this: ip route .*\n {2}the next round tries again/,
      exitCode: 4,
    }),
    writing('fails half-way', 'head -n 1 | /sbin/ip "$@"; exit 1', {}),
    writing('ends half-way', 'head -n 1 | /sbin/ip "$@"', {}),
  ],
});

keepsNobody({
  program: 'logger',
  faults: faultsOf('/usr/bin/logger', {
    'is slow': {},
    'prints 100 MB': {},
    'is killed half-way': {},
    'hangs for ever': { extra: 2 },
  }),
});

const unlocked = (words: string) => new RegExp(`^mini-mwan: no lock against other rounds: flock: ${words}$`);
keepsNobody({
  program: 'flock',
  faults: faultsOf('/usr/bin/flock', {
    'hangs for ever': { says: unlocked('no end after 5 s'), extra: 5 },
    'is slow': {},
    'prints nonsense': {},
    'complains for 100 MB': unlocked('printed far too much'),
    'is killed half-way': unlocked('ended by SIGSEGV'),
  }),
});

/** A program that prints a file of the lab, and a copy of it that the faulty ones can use. */
async function standIn(lab: Lab, program: string, file: string) {
  await lab.replace(program, `cat ${lab.folder}/${file}`);
  await copyFile(join(lab.bin, program), join(lab.folder, program));
}

const NETIFD = ['1', '2'].map((i) => ({
  interface: `wan${i}`,
  up: true,
  metric: 0,
  l3_device: `eth${i}`,
  route: [{ target: '0.0.0.0', mask: 0, nexthop: `100.64.${i}.1` }],
}));
const asked = (words: string) =>
  new RegExp(`^mini-mwan: netifd cannot be asked \\(ubus call network.interface dump: ${words}\\); gateways are taken`);
keepsNobody({
  program: 'ubus',
  // The gateway of the second line is nowhere but in netifd.
  setup: [{}, { systemMetric: 'none' }],
  prepare: async (lab) => {
    const wan = (name: string, metric: number) => ({ ...QUICK, interface: name, metric, ping_target: '1.1.1.1' });
    await lab.configure({ a: wan('wan1', 10), b: wan('wan2', 20) });
    await writeFile(join(lab.folder, 'dump'), JSON.stringify({ interface: NETIFD }));
    await standIn(lab, 'ubus', 'dump');
  },
  faults: [
    ...faultsOf('LAB/ubus', {
      'is missing': /^mini-mwan: interface 'a': option interface 'wan1' needs netifd, which does not answer here/,
      'is slow': { extra: 4 },
      fails: asked('broken'),
      'prints 100 MB': asked('printed far too much'),
      'is killed half-way': asked('ended by SIGSEGV'),
      'ends half-way': asked('its answer is not understood'),
      'hangs for ever': { says: asked('no end after 5 s'), extra: 6 },
    }),
    {
      name: 'prints strings for numbers, and more',
      script: `sed 's/"\\(mask\\|metric\\)":0/"\\1":"0"/g; s/"up":true/"new":{"up":[1]},"up":1/g' LAB/dump`,
    },
  ],
});

const exported = (words: string) =>
  new RegExp(`^mini-mwan: .*uci export mini-mwan: ${words}; what is not committed does not count$`);
keepsNobody({
  program: 'uci',
  prepare: async (lab) => {
    await lab.configureAll(QUICK);
    await writeFile(join(lab.folder, 'export'), `package mini-mwan\n${await readFile(lab.config, 'utf8')}`);
    await standIn(lab, 'uci', 'export');
  },
  // A /tmp of its own, in which a change is staged.
  script: `cd $(dirname $(dirname $(command -v mini-mwan))) && mkdir -p tmp work &&
    mount -t overlay overlay -o lowerdir=/tmp,upperdir=tmp,workdir=work /tmp && mkdir -p /tmp/.uci && echo x >/tmp/.uci/mini-mwan
    exec $METER mini-mwan check`,
  faults: faultsOf('LAB/uci', {
    'is missing': exported('not found'),
    'prints nonsense': exported('its answer is not understood'),
    'prints 100 MB': exported('printed far too much'),
    'dies half-way': exported('exit 1'),
    'hangs for ever': { says: exported('no end after 5 s'), extra: 6 },
  }),
});

const notAsked = (words: string): Partial<Fault> => ({
  says: new RegExp(`^mini-mwan: 'ip -j' could not be used: ${words}; nothing was changed\n`),
  exitCode: 3,
});
changesNothing({
  program: 'ip',
  faults: faultsOf('/sbin/ip', {
    'prints nonsense': notAsked('printed what is not JSON of links and routes'),
    'complains for 100 MB': notAsked('printed far too much'),
    'dies half-way': notAsked('exit 1'),
    'is killed half-way': notAsked('ended by SIGSEGV'),
    'ends half-way': notAsked('printed what is not JSON of links and routes'),
  }),
});

// On Node: a program that is not there, one that prints too much, one that dies, and one that must be killed.
changesNothing({
  program: 'ip',
  engine: NODE,
  faults: faultsOf('/sbin/ip', {
    'is missing': { says: /^mini-mwan: the program 'ip' is not there/, exitCode: 3 },
    'complains for 100 MB': notAsked('printed far too much'),
    'is killed half-way': notAsked('ended by SIGSEGV'),
    'hangs for ever': { ...notAsked('no end after 10 s'), extra: 10 },
  }),
});

const blind = (words: string): Partial<Fault> => ({
  says: new RegExp(`^mini-mwan: ping could not be used: ${words}; the verdicts stay as they were\n {2}try: ping`),
  exitCode: 3,
});
changesNothing({
  program: 'ping',
  faults: [
    ...faultsOf('/bin/ping', {
      'complains for 100 MB': blind('printed far too much'),
      'is killed half-way': blind('ended by SIGSEGV'),
      'ends half-way': blind('PING .*'),
    }),
    { name: 'is slow', script: 'sleep 0.3; exec /bin/ping "$@"' },
    { name: 'tells no time', script: '/bin/ping "$@" | sed "s/time=/zeit=/"' },
    {
      name: 'speaks another language',
      script: '/bin/ping "$@" | sed "s/packets transmitted/Pakete gesendet/"',
      ...blind('PING .*'),
    },
  ],
});

/** What another iproute2 could print: keys in another order and new ones, numbers as text, our protocol as a number. */
const CHANGED = `
const change = (value) => {
  if (Array.isArray(value)) return value.map(change);
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value).reverse();
  const changed = entries.map(([key, inner]) => [key, key === 'protocol' ? Number(inner) : change(inner)]);
  return { new: { list: [null, 1] }, ...Object.fromEntries(changed) };
};
const lines = std.in.readAsString().split('\\n');
print(lines.map((line) => line && JSON.stringify(change(JSON.parse(line)))).join('\\n'));
`;
keepsNobody({
  program: 'ip',
  setup: [{ systemMetric: 0 }, {}],
  prepare: async (lab) => {
    await lab.configureAll(QUICK);
    await writeFile(join(lab.folder, 'changed.js'), CHANGED);
  },
  faults: [
    { name: 'is slow', script: 'sleep 1; exec /sbin/ip "$@"', extra: 6 },
    {
      name: 'prints another format',
      script: `case "$*" in *-j*) /sbin/ip "$@" | qjs --std LAB/changed.js;; *) exec /sbin/ip "$@";; esac`,
    },
  ],
});
