import tap from 'tap';
import { deprecation, PLANNER } from '../../../lib/actuators/deprecation/deprecation.js';
import { find } from '../../../lib/actuators/deprecation/thing.js';
import type { Address6, Intent, Observation, Path, Six, Verdict } from '../../../lib/model.js';
import { Machine } from '../../machine.js';
import { makePath } from '../../make.js';

const INTENT: Intent = { shares: [], held: [], highest: 10, sticky: false };
const ON_LAN = [1, 2].map((i): Address6 => ({ device: 'lan', address: `2001:db8:${i}00:1::1`, length: 64 }));
const [FIRST, SECOND] = ON_LAN as [Address6, Address6];
/** Those of the WANs, which no host has. */
const ON_WAN = [1, 2].map((i): Address6 => ({ device: `eth${i}`, address: `2001:db8:${i}00:ff::2`, length: 64 }));
const ULA: Address6 = { device: 'lan', address: 'fd00:1::1', length: 64 };
const KEY = 'lan 2001:db8:100:1::1';

function pathOf(i: number, more: Partial<Path> = {}, wan: Partial<Path['wan']> = {}): Path {
  const prefixes = [{ address: `2001:db8:${i}00::`, length: 56 }];
  return makePath(i, 10 * i, { prefixes, ...more }, { name: `wan${i}/ipv6`, family: 6, deprecate: 30, ...wan });
}

/** Path i as a word says it: `dead` is down for long, `off` disabled, `mute` has no option, `blank` no prefix any more. */
function verdictOf(word: string, i: number): Verdict {
  const path = pathOf(i, word === 'blank' ? { prefixes: [] } : {}, { enabled: word !== 'off' });
  if (word === 'mute') delete path.wan.deprecate;
  if (word === 'same') path.prefixes = [{ address: '2001:db8:100::', length: 56 }];
  const status = { up: 'up', same: 'up', off: 'disabled', unknown: 'unknown' }[word] ?? 'down';
  const dead = ['dead', 'blank', 'mute'].includes(word) ? { dead: true as const } : {};
  return { path, status: status as Verdict['status'], degraded: false, ...dead, usable: true, refused: false };
}

type Former = NonNullable<Six['former']>;
const kept = (preferred = 300, valid = 900): Former => ({ [KEY]: { owner: 'wan1/ipv6', preferred, valid } });

function plan(words: string, lan: Address6[], former?: Former, lack?: string) {
  const verdicts = words.split(' ').map((word, i) => verdictOf(word, i + 1));
  const six: Six = {
    ...{ addresses: [...ON_WAN, ULA, ...lan], routes: [], rules: [], translation: {} },
    ...(former ? { former } : {}),
  };
  const seen: Observation = { links: [], routes: [], blind: [], six };
  const { things, problems } = PLANNER.want(INTENT, verdicts, seen, lack === undefined ? undefined : { text: lack });
  const commands = PLANNER.changes(things, seen).map(({ command }) => command.join(' '));
  return { commands, problems: problems.map(({ text }) => text) };
}

const change = (lifetimes: string, i = 1) => `ip -6 addr change 2001:db8:${i}00:1::1/64 dev lan ${lifetimes}`;
const deprecated: Address6 = { ...FIRST, preferred: 0, valid: 800 };

tap.test('what is to be done', async (t) => {
  const timed = { ...FIRST, preferred: 300, valid: 900, words: ['nodad', 'noprefixroute', 'metric', '1024'] };
  const CASES: [what: string, words: string, lan: Address6[], former: Former | undefined, commands: string[]][] = [
    ['both are up', 'up up', ON_LAN, undefined, []],
    ['one is down, and not for long', 'down up', ON_LAN, undefined, []],
    ['it is', 'dead up', ON_LAN, undefined, [change('valid_lft forever preferred_lft 0')]],
    [
      'whatever else the address is, it stays',
      'dead up',
      [timed],
      undefined,
      [change('nodad noprefixroute metric 1024 valid_lft 900 preferred_lft 0')],
    ],
    ['nobody asks', 'mute up', ON_LAN, undefined, []],
    ['it is not judged', 'unknown up', ON_LAN, undefined, []],
    [
      'both are dead: hosts take IPv4',
      'dead dead',
      ON_LAN,
      undefined,
      [change('valid_lft forever preferred_lft 0'), change('valid_lft forever preferred_lft 0', 2)],
    ],
    ['another line has the prefix, too', 'dead same', [FIRST], undefined, []],
    ['somebody else has deprecated it', 'dead up', [deprecated], undefined, []],
    ['it is done', 'dead up', [deprecated, SECOND], kept(), []],
    ['and stays as long as it is not up', 'down up', [deprecated], kept(), []],
    ['also where its prefix is seen no more', 'blank up', [deprecated], kept(), []],
    ['or nothing is known of it', 'unknown up', [deprecated], kept(), []],
    ['by value, as it was', 'up up', [deprecated], kept(), [change('valid_lft 800 preferred_lft 200')]],
    ['it would have ended meanwhile', 'up up', [deprecated], kept(50), [change('valid_lft 800 preferred_lft 0')]],
    [
      'for ever',
      'up up',
      [{ ...FIRST, preferred: 0 }],
      kept(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
      [change('valid_lft forever preferred_lft forever')],
    ],
    ['the option is gone', 'mute up', [deprecated], kept(), [change('valid_lft 800 preferred_lft 200')]],
    ['the WAN is gone', 'off up', [deprecated], kept(), [change('valid_lft 800 preferred_lft 200')]],
    [
      'netifd has renewed it: that is what it was',
      'down up',
      [{ ...FIRST, preferred: 600, valid: 950 }],
      kept(),
      [change('valid_lft 950 preferred_lft 0')],
    ],
    [
      'netifd has renewed it, and the line is well',
      'up up',
      [{ ...FIRST, preferred: 600, valid: 950 }],
      kept(),
      [change('valid_lft 950 preferred_lft 600')],
    ],
    ['netifd has deprecated it since', 'up up', [{ ...deprecated, valid: 7200 }], kept(), []],
  ];
  for (const [what, words, lan, former, commands] of CASES)
    t.strictSame(plan(words, lan, former).commands, commands, what);
});

tap.test('what cannot be done', async (t) => {
  t.strictSame(plan('dead up', ON_LAN, undefined, 'why'), { commands: [], problems: ['why'] });
  t.strictSame(plan('dead up', [deprecated], kept(), 'why').commands, [], 'what is there stays');
  const blind = { links: [], routes: [], blind: [] };
  t.strictSame(PLANNER.want(INTENT, [verdictOf('dead', 1)], blind), { things: [], problems: [] });
  t.strictSame(PLANNER.changes([], blind), []);
  t.strictSame(PLANNER.carrying({ seen: blind, paths: [] }), []);
});

tap.test('what an address was is kept before it changes, and forgotten once it is so again', async (t) => {
  const machine = new Machine();
  let batches: string[] = [];
  let exitCode = 0;
  const exec = {
    ...machine.exec,
    start: (_program: string, _args: string[], { input = '' }: { input?: string }) => {
      batches.push(input);
      return { finished: Promise.resolve({ stdout: '', stderr: '', exitCode }), kill: () => {} };
    },
  };
  const { apply, investigate } = deprecation({ engine: machine.engine, exec, state: '/var/run/state' });
  const seen = (six: Partial<Six>): Observation => ({
    ...{ links: [], routes: [], blind: [] },
    six: { addresses: ON_LAN, routes: [], rules: [], translation: {}, ...six },
  });
  const { things } = PLANNER.want(INTENT, [verdictOf('dead', 1)], seen({}));
  const file = '/var/run/state.deprecated';
  t.equal(await apply(PLANNER.changes(things, seen({}))), undefined);
  t.equal(machine.text(file), `{"${KEY}":["wan1/ipv6",null,null]}\n`);
  t.strictSame(batches, ['addr change 2001:db8:100:1::1/64 dev lan valid_lft forever preferred_lft 0\n']);

  const there = seen({
    addresses: [{ ...FIRST, preferred: 0 }],
    former: kept(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
  });
  const back = PLANNER.changes([], there);
  t.strictSame(
    back.map(({ sentence }) => sentence),
    ['- 2001:db8:100:1::1/64 dev lan deprecated'],
  );
  exitCode = 2;
  t.match(await apply(back), { index: 0 });
  t.ok(machine.text(file), 'it was refused: it is to be put back still');
  exitCode = 0;
  t.equal(await apply(back), undefined);
  t.equal(machine.text(file), undefined);

  batches = [];
  machine.refuse = () => 'EROFS';
  t.match(await apply(PLANNER.changes(things, seen({}))), { index: 0, reason: /cannot be kept/ });
  t.strictSame(batches, [], 'what could not be put back is left');
  const [first] = PLANNER.changes(things, seen({}));
  t.match(await investigate(first as NonNullable<typeof first>, 'RTNETLINK', { seen: seen({}), paths: [] }), {
    lack: { text: /option deprecate: .*RTNETLINK/ },
    lasting: false,
  });
});

tap.test('keys are data', async (t) => {
  t.strictSame(find({ addresses: [{ device: 'constructor', address: '', length: 64 }], former: {} }), []);
});
