import tap from 'tap';
import type { Balance, Config, Sharing, State, Wan, WanState } from '../../lib/model.js';
import { rebalance } from '../../lib/policy/balance.js';
import { LASTING, lastingFor } from '../../lib/policy/lasting.js';
import { EMPTY_STATE } from '../../lib/state/empty.js';
import { grouped, makeConfig, makeWan } from '../make.js';
import { createRandom } from '../random.js';

/** What a round finds of a line: `up` with an RTT, or another word. */
interface Line {
  rtt?: number;
  status?: WanState['verdict']['status'];
  degraded?: boolean;
  rx?: number;
  tx?: number;
}

const setup = (by: Sharing, wans: Partial<Wan>[] = [{}, {}]): Config =>
  makeConfig(
    wans.map((more, i) => makeWan({ name: `wan${i + 1}`, device: `eth${i + 1}`, measured: true, ...more })),
    { mode: 'multiuplink', balance: by },
  );

function stateOf({ rtt, status = 'up', degraded = false, rx = 1, tx = 1 }: Line, name: string): WanState {
  const samples = rtt === undefined ? [] : [{ sent: 12, rtts: Array.from({ length: 12 }, () => rtt) }];
  const quality = { window: [{ at: 0, samples }], reliability: 1, degraded, times: 0 };
  return { ...grouped({ status, quality, rxBytes: rx, txBytes: tx }), name };
}

/** Rounds one after the other, each with what it finds. */
class Rounds {
  state: State | undefined;
  uptime = 100;
  constructor(public config: Config) {}

  /** @param wait s since the round before */
  run(wait: number, ...lines: Line[]): Balance | undefined {
    this.uptime += wait;
    const now = { wall: 0, uptime: this.uptime, bootId: 'boot' };
    const wans = lines.map((line, i) => stateOf(line, `wan${i + 1}`));
    const balance = rebalance(this.config, wans, this.state, now);
    this.state = { ...EMPTY_STATE, bootId: 'boot', uptime: this.uptime, begun: this.uptime, wans };
    if (balance) this.state.balance = balance;
    return balance;
  }

  weights(wait: number, ...lines: Line[]) {
    return this.run(wait, ...lines)?.members.map(({ name, weight }) => `${name} ${weight}`);
  }
}

const [FAST, SLOW] = [{ rtt: 9 }, { rtt: 39 }];

tap.test('other weights count only when they have been right for a while', async (t) => {
  const rounds = new Rounds(setup('quality'));
  t.strictSame(rounds.weights(10, FAST, FAST), ['wan1 10', 'wan2 10'], 'the first ones at once');
  t.strictSame(rounds.weights(10, FAST, SLOW), ['wan1 10', 'wan2 10']);
  t.strictSame(rounds.weights(LASTING - 1, FAST, SLOW), ['wan1 10', 'wan2 10']);
  t.strictSame(rounds.weights(1, FAST, SLOW), ['wan1 16', 'wan2 4']);
  t.match(rounds.state?.balance, { moves: 1, moved: rounds.uptime });

  rounds.run(10, FAST, FAST);
  rounds.run(LASTING - 1, FAST, SLOW);
  t.equal(rounds.state?.balance?.differs, undefined, 'it was right again');
  t.strictSame(rounds.weights(10, FAST, FAST), ['wan1 16', 'wan2 4']);
  t.strictSame(rounds.weights(LASTING, FAST, FAST), ['wan1 10', 'wan2 10']);
  rounds.run(10, FAST, SLOW);
  t.strictSame(rounds.weights(LASTING, FAST, SLOW), ['wan1 10', 'wan2 10'], 'twice within an hour is enough');
  t.equal(lastingFor(rounds.state?.balance, rounds.uptime), 3600);
  t.strictSame(rounds.weights(3600, FAST, SLOW), ['wan1 16', 'wan2 4']);
});

tap.test('a little difference is none', async (t) => {
  const rounds = new Rounds(setup('quality'));
  rounds.run(10, { rtt: 20 }, { rtt: 20 });
  for (let i = 0; i < 20; i++) rounds.run(10, { rtt: 20 }, { rtt: 22 });
  t.match(rounds.state?.balance, { members: [{ weight: 10 }, { weight: 10 }], moves: 0 });
});

tap.test('who comes has its part at once, and the others go on as they were', async (t) => {
  const rounds = new Rounds(setup('quality', [{}, {}, {}]));
  t.strictSame(rounds.weights(10, FAST, SLOW, { status: 'down' }), ['wan1 16', 'wan2 4']);
  t.strictSame(rounds.weights(10, SLOW, SLOW, { rtt: 39 }), ['wan1 11', 'wan2 3', 'wan3 7']);
  t.strictSame(rounds.weights(10, { status: 'down' }, SLOW, { rtt: 39 }), ['wan2 6', 'wan3 14']);
  t.equal(rounds.state?.balance?.moved, undefined, 'none of that was a move');
  t.strictSame(rounds.weights(10, { ...FAST, degraded: true }, SLOW), ['wan2 20'], 'degraded');
  t.strictSame(rounds.weights(10, { ...FAST, degraded: true }, { status: 'down' }), ['wan1 20'], 'all are');
  t.strictSame(rounds.weights(10, { status: 'down' }, { status: 'down' }), []);
});

tap.test('the fastest stays when others come and go; where it goes, the next one is at once', async (t) => {
  const rounds = new Rounds(setup('latency', [{}, {}, {}]));
  t.strictSame(rounds.weights(10, FAST, SLOW), ['wan1 256', 'wan2 1']);
  t.strictSame(rounds.weights(10, SLOW, FAST, SLOW), ['wan1 256', 'wan2 1', 'wan3 1']);
  t.strictSame(rounds.weights(10, SLOW, FAST), ['wan1 256', 'wan2 1']);
  t.strictSame(rounds.weights(10, { status: 'down' }, SLOW, FAST), ['wan2 1', 'wan3 256']);
});

tap.test('who is measured at last has its part at once', async (t) => {
  const rounds = new Rounds(setup('quality'));
  t.strictSame(rounds.weights(10, {}, {}), ['wan1 10', 'wan2 10']);
  t.strictSame(rounds.weights(10, FAST, SLOW), ['wan1 16', 'wan2 4']);
  t.strictSame(rounds.weights(10, FAST, { status: 'down' }), ['wan1 20']);
  t.strictSame(rounds.weights(10, FAST, {}), ['wan1 10', 'wan2 10'], 'an average one');
  t.strictSame(rounds.weights(10, FAST, SLOW), ['wan1 16', 'wan2 4']);
  t.equal(rounds.state?.balance?.moved, undefined);
  const latency = new Rounds(setup('latency'));
  t.strictSame(latency.weights(10, {}, {}), ['wan1 256', 'wan2 1']);
  t.strictSame(latency.weights(10, SLOW, FAST), ['wan1 1', 'wan2 256'], 'nothing was known of the one before');
});

tap.test('only the lowest tier that has one up', async (t) => {
  const rounds = new Rounds(setup('quality', [{}, { tier: 2 }, { tier: 2 }]));
  t.strictSame(rounds.weights(10, SLOW, FAST, FAST), ['wan1 20']);
  t.strictSame(rounds.weights(10, { status: 'down' }, FAST, FAST), ['wan2 10', 'wan3 10']);
});

tap.test('IPv6 has no part in it', async (t) => {
  const rounds = new Rounds(setup('quality', [{}, {}, { family: 6 }]));
  t.strictSame(rounds.weights(10, FAST, FAST, FAST), ['wan1 10', 'wan2 10']);
});

tap.test('nothing is remembered of another boot, or of another way to share', async (t) => {
  const rounds = new Rounds(setup('quality'));
  rounds.run(10, FAST, FAST);
  rounds.config = setup('latency');
  t.strictSame(rounds.weights(10, SLOW, FAST), ['wan1 1', 'wan2 256']);
  if (rounds.state) rounds.state.bootId = 'another';
  t.strictSame(rounds.weights(10, FAST, SLOW), ['wan1 256', 'wan2 1']);
  rounds.uptime = 5;
  t.strictSame(rounds.weights(1, SLOW, FAST), ['wan1 1', 'wan2 256'], 'a clock that went back');
  const { balance: _, ...unasked } = rounds.config;
  for (const config of [unasked, { ...rounds.config, mode: 'failover' as const }]) {
    rounds.config = config;
    t.equal(rounds.run(10, FAST, SLOW), undefined);
  }
});

tap.test('how much of a line is taken, whatever the time between two rounds', async (t) => {
  // 10 Mbit/s down, 1 Mbit/s up.
  const bandwidth = { down: 10_000, up: 1000 };
  const used = (rounds: Rounds) => Math.round(100 * (rounds.state?.balance?.members[0]?.used ?? Number.NaN));
  const CASES: [what: string, rx: number, tx: number, percent: number][] = [
    ['nothing', 0, 0, 0],
    ['half of the download', 625_000, 0, 50],
    ['all of the upload', 0, 125_000, 100],
    ['more than there is', 9e6, 0, 100],
  ];
  for (const step of [2, 10, 60]) {
    for (const [what, rx, tx, percent] of CASES) {
      const rounds = new Rounds(setup('load', [{ bandwidth }, {}]));
      for (let s = 0; s <= 600; s += step) rounds.run(step, { rx: 1 + rx * s, tx: 1 + tx * s }, {});
      t.equal(used(rounds), percent, `${what}, every ${step} s`);
      rounds.run(step, { rx: 5, tx: 5 }, {});
      t.equal(used(rounds), percent, 'counters that began anew say nothing');
    }
  }
  const rounds = new Rounds(setup('load', [{ bandwidth }, { bandwidth }]));
  for (let i = 0; i < 60; i++) rounds.run(10, { rx: 1 + i * 10_000_000 }, {});
  const [first, second] = rounds.state?.balance?.members.map(({ weight }) => weight) ?? [];
  t.ok((first as number) < (second as number), `who has room gets more: ${first}, ${second}`);
});

tap.test('lines that take turns move the shares twice an hour at most', async (t) => {
  const random = createRandom(7);
  for (const by of ['quality', 'latency'] as const) {
    for (const period of [60, 300, 1800]) {
      const rounds = new Rounds(setup(by));
      const moves: number[] = [];
      for (let s = 0; s < 24 * 3600; s += 10) {
        const isHigh = Math.floor(s / period) % 2 === 0;
        const noise = 10 * random.fraction();
        const before = rounds.state?.balance?.moved;
        const { moved } = rounds.run(10, { rtt: (isHigh ? 60 : 20) + noise }, { rtt: 40 + noise }) ?? {};
        if (moved !== undefined && moved !== before) moves.push(moved);
      }
      const most = Math.max(0, ...moves.map((at) => moves.filter((other) => other >= at && other < at + 3600).length));
      t.ok(most <= 2, `${by}, every ${period} s: ${moves.length} in a day, ${most} in an hour`);
    }
  }
});

tap.test('adaptive: shares by quality, and a line for each class', async (t) => {
  const rounds = new Rounds(setup('adaptive', [{ bandwidth: { down: 1000 } }, { bandwidth: { down: 4000 } }]));
  t.strictSame(rounds.weights(10, FAST, SLOW), ['wan1 16', 'wan2 4']);
  t.strictSame(rounds.state?.balance?.choices, [
    { of: 'fast', name: 'wan1', moves: 0 },
    { of: 'bulk', name: 'wan2', moves: 0 },
  ]);
  t.match(
    rounds.run(10, { ...FAST, degraded: true }, SLOW)?.choices?.[0],
    { of: 'fast', name: 'wan2', moves: 0 },
    'a degraded one',
  );
  rounds.run(10, FAST, SLOW);
  t.match(rounds.run(LASTING, FAST, SLOW)?.choices?.[0], { of: 'fast', name: 'wan1', moves: 1 });
  t.strictSame(rounds.run(10, { status: 'down' }, { status: 'down' })?.choices, []);
  rounds.config = setup('quality');
  t.equal(rounds.run(10, FAST, SLOW)?.choices, undefined);
});
