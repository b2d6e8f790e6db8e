import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { heal, type Occasion } from '../../lib/health/healing.js';
import type { Healing, NetifdInterface, Probe, Restarting, Status, WanState } from '../../lib/model.js';
import { grouped, makeWan } from '../make.js';

const LOST = { answered: false } as Probe;
const OWNER: NetifdInterface = { name: 'wan', metric: 0 };

interface Case {
  status?: Status;
  /** s since boot when it had that status first. */
  since?: number;
  answering?: boolean;
  healing?: Healing;
  how?: Restarting | undefined;
  owner?: Partial<NetifdInterface> | null;
  interface?: string;
  now?: number;
  mayAct?: boolean;
  probe?: Probe | undefined;
}

/** One WAN; it is due, and nothing is in the way, unless the case says so. */
function run(one: Case) {
  const { status = 'down', since = 0, answering = false, now = 1000, mayAct = true, interface: owner = 'wan' } = one;
  const wan = grouped({
    name: 'wan1',
    status,
    statusSinceUptime: since,
    interface: owner,
    reason: 'r',
    ...(answering ? { answeringSince: 5 } : {}),
  });
  const how = 'how' in one ? one.how : { after: 100 };
  const healing = one.healing ?? { silentSince: 0, restarts: 0 };
  const occasion: Occasion = {
    before: new Map([['wan1', { ...wan, healing }]]),
    probes: new Map('probe' in one ? (one.probe ? [['wan1', one.probe]] : []) : [['wan1', LOST]]),
    interfaces: one.owner === null ? undefined : [{ ...OWNER, ...one.owner }],
    now,
    interval: 10,
    mayAct,
  };
  const config = { wans: [makeWan({ name: 'wan1', ...(how ? { restart: how } : {}) })] };
  const { wans, restart } = heal(config, [wan], occasion);
  return { healing: wans[0]?.healing, restart };
}

tap.test('what is restarted', async (t) => {
  const cut: Healing = { silentSince: 0, restarts: 1, restarted: 100 };
  const CASES: [string, Case, boolean][] = [
    ['a line that is silent', {}, true],
    ['by a program, without netifd', { how: { after: 100, program: '/a' }, owner: null }, true],
    ['no link, no probe', { status: 'interface_down', probe: undefined }, true],
    ['no gateway', { status: 'no_gateway', probe: undefined }, true],
    ['to the second', { now: 100 }, true],
    ['not yet', { now: 99 }, false],
    ['nobody asks for it', { how: undefined }, false],
    ['it is up', { status: 'up' }, false],
    ['it is left out', { status: 'disabled' }, false],
    ['it was never looked at', { status: 'unknown' }, false],
    ['it answers', { answering: true }, false],
    ['something else is under way', { mayAct: false }, false],
    ['it was not probed', { probe: undefined }, false],
    ['it answered now', { probe: { answered: true } as Probe }, false],
    ['netifd is silent', { owner: null }, false],
    ['netifd does not know it', { owner: { name: 'lan' } }, false],
    ['a name that a program would take for an option', { interface: '-a', owner: { name: '-a' } }, false],
    ['taken down by hand', { owner: { halted: true } }, false],
    ['taken down by us', { owner: { halted: true }, healing: { ...cut, haltedSince: 230 } }, true],
    ['later by hand', { owner: { halted: true }, healing: { ...cut, haltedSince: 231 } }, false],
    ['now, by hand', { owner: { halted: true }, healing: cut }, false],
    ['now, by us', { owner: { halted: true }, healing: cut, how: { after: 30 }, now: 230 }, true],
    ['it has just begun to be dialled', { owner: { dialling: true } }, false],
    [
      'it is dialled in vain',
      { owner: { dialling: true }, healing: { silentSince: 0, diallingSince: 900, restarts: 0 } },
      true,
    ],
    ['once, 199 s ago', { healing: { silentSince: 0, restarts: 1, restarted: 801 } }, false],
    ['once, 200 s ago', { healing: { silentSince: 0, restarts: 1, restarted: 800 } }, true],
    ['twice, 399 s ago', { healing: { silentSince: 0, restarts: 2, restarted: 601 } }, false],
    ['often, an hour ago', { now: 4600, healing: { silentSince: 0, restarts: 2000, restarted: 1000 } }, true],
    ['less than that', { now: 4599, healing: { silentSince: 0, restarts: 2000, restarted: 1000 } }, false],
    [
      'each two hours',
      { how: { after: 7200 }, now: 8200, healing: { silentSince: 0, restarts: 5, restarted: 1000 } },
      true,
    ],
    ['soon after it was up again', { healing: { silentSince: 950, restarts: 1, restarted: 100 } }, false],
  ];
  for (const [what, one, isRestarted] of CASES) t.equal(run(one).restart !== undefined, isRestarted, what);
  t.strictSame(run({ healing: { silentSince: 0, restarts: 1, restarted: 100 } }).restart, {
    ...{ name: 'wan1', interface: 'wan', status: 'down', reason: 'r', silent: 1000, number: 2 },
  });
});

tap.test('what is remembered', async (t) => {
  const past: Healing = { restarts: 2, restarted: 900 };
  const CASES: [string, Case, Healing | undefined][] = [
    ['it is silent', { now: 50 }, { silentSince: 0, restarts: 0, due: 100 }],
    ['it has been restarted', {}, { silentSince: 0, restarts: 1, restarted: 1000, due: 1200 }],
    ['nobody asks for it', { how: undefined, healing: past }, undefined],
    ['it is up', { status: 'up' }, undefined],
    ['it has been up for 599 s', { status: 'up', since: 401, healing: past }, past],
    ['it has been up for 600 s', { status: 'up', since: 400, healing: past }, undefined],
    ['it answers', { answering: true, healing: { ...past, silentSince: 0 } }, past],
    ['it is taken down by hand', { owner: { halted: true } }, { silentSince: 1000, haltedSince: 1000, restarts: 0 }],
    [
      'it was, after a restart',
      { owner: { halted: true }, healing: { ...past, haltedSince: 1200, silentSince: 0 }, now: 9999 },
      { silentSince: 9999, haltedSince: 1200, ...past },
    ],
    [
      'it is not any more',
      { healing: { silentSince: 50, haltedSince: 9, restarts: 0 }, now: 60 },
      { silentSince: 50, restarts: 0, due: 150 },
    ],
    ['nobody could do it', { owner: null }, { silentSince: 0, restarts: 0 }],
    ['it is dialled', { owner: { dialling: true } }, { silentSince: 0, diallingSince: 1000, restarts: 0, due: 1100 }],
  ];
  for (const [what, one, healing] of CASES) t.strictSame(run(one).healing, healing, what);
});

tap.test('one at a time, and by and by at most once an hour', async (t) => {
  const names = ['a', 'b', 'c'];
  const property = fc.property(
    fc.integer({ min: 30, max: 3600 }),
    fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 50, maxLength: 300 }),
    (after, steps) => {
      const config = { wans: names.map((name) => makeWan({ name, restart: { after, program: '/p' } })) };
      let before = new Map<string, WanState>();
      let now = 0;
      const times = new Map<string, number[]>(names.map((name) => [name, []]));
      for (const step of steps) {
        now += step * 10;
        const wans = names.map((name) => grouped({ name, status: 'interface_down', statusSinceUptime: 0, reason: '' }));
        const healed = heal(config, wans, {
          before,
          probes: new Map(),
          interfaces: undefined,
          now,
          interval: 10,
          mayAct: true,
        });
        before = new Map(healed.wans.map((wan) => [wan.name, wan]));
        if (healed.restart) times.get(healed.restart.name)?.push(now);
        assert.equal(healed.wans.filter(({ healing }) => healing?.restarted === now).length, healed.restart ? 1 : 0);
      }
      for (const list of times.values()) {
        list.slice(1).forEach((at, i) => {
          assert.ok(at - (list[i] as number) >= Math.min(3600, after * 2 ** (i + 1)), `${at}`);
        });
      }
    },
  );
  t.doesNotThrow(() => fc.assert(property, { numRuns: 100 }));
});
