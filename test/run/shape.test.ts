import tap from 'tap';
import { removeOurs } from '../../lib/commands/restore.js';
import { shape as command } from '../../lib/commands/shape.js';
import { EXIT } from '../../lib/explain.js';
import type { Rates } from '../../lib/model.js';
import { within } from '../../lib/run/shape-line.js';
import { formatState } from '../../lib/state/format.js';
import { makeWan } from '../make.js';
import { stateOf, wanOf } from '../report/states.js';
import { LoadedLine, SHAPER } from './loaded-line.js';
import { STATE_FILE } from './router.js';

const { min = 0, max = 0 } = SHAPER.rates.up ?? {};

tap.test('a line that falls to less than half is quick again', async (t) => {
  const line = new LoadedLine();
  line.events.push([20_000, () => (line.capacity = 8000)]);
  t.equal(await line.control({ seconds: 30 }), 'ended');
  t.ok(line.clock.now >= 30_000 && line.clock.now < 30_500, `${line.clock.now} ms`);
  t.ok(line.worst(25_000, 30_000) < 30, `${line.worst(25_000, 30_000)} ms`);
  t.ok(
    line.rates.every(([, rate]) => rate >= min && rate <= max),
    `${line.rates}`,
  );
  t.ok(line.rates.length > 2, 'rates were set');
  const pauses = line.rates.slice(1).map(([at], i) => at - (line.rates[i]?.[0] ?? 0));
  t.ok(Math.min(...pauses) < 300, 'a rate does not wait for the time at which tc is asked');
  t.equal(line.started.fping, 1);
  t.equal(line.running.size, 0, 'and nobody is asked any more');
  t.equal(line.started.tc, 1);
  const [known] = line.remembered()?.lines ?? [];
  t.match(known, { name: 'line', wan: 'wan1', quiet: false, problems: [] });
  t.equal(known?.decisions.up?.rate, line.root.rate);
  t.equal(line.remembered()?.worker, undefined);
});

tap.test('it ends when the line is quiet', async (t) => {
  const line = new LoadedLine();
  line.events.push([8000, () => (line.offered = 100)]);
  t.equal(await line.control(), 'ended');
  t.ok(line.clock.now > 8000 && line.clock.now < 25_000, `${line.clock.now} ms`);
  t.match(line.remembered(), { lines: [{ quiet: true }] });
});

tap.test('and is there again for the next load', async (t) => {
  for (const pause of [10, 5000, 600_000]) {
    const line = new LoadedLine();
    line.events.push([8000, () => (line.offered = 100)]);
    t.equal(await line.control(), 'ended');
    await line.clock.run(line.clock.sleep(pause));
    // No delay says that it is loaded.
    [line.offered, line.capacity] = [30_000, 40_000];
    const begun = line.clock.now;
    t.equal(await line.control({ seconds: 20, names: ['line'] }), 'ended');
    t.ok(line.clock.now - begun >= 20_000, `${line.clock.now - begun} ms`);
    t.ok(line.root.rate > 25_000, `it has been raised to ${line.root.rate}`);
  }
});

tap.test('whoever is killed leaves a rate that is safe, and the next one goes on', async (t) => {
  for (const at of [50, 1500, 2500, 7777, 12_345]) {
    const line = new LoadedLine();
    line.capacity = 12_000;
    t.equal(await line.control({ seconds: 50 }, at), 'killed');
    t.ok(line.root.rate >= min && line.root.rate <= max, `${line.root.rate} after ${at} ms`);
    t.match(line.remembered(), { worker: { pid: 42 }, lines: [{ name: 'line', quiet: false }] });
    const before = line.clock.now;
    const { until = 0 } = line.remembered()?.worker ?? {};
    const left = until - 1_000_000 - before;
    t.ok(left > 20_000 && left <= 30_000, `${left} ms`);
    line.running.clear();
    t.equal(await line.control({ seconds: 20 }), 'ended');
    const worst = line.worst(before + 15_000, line.clock.now);
    t.ok(worst < 100, `${at} ms: ${worst} ms`);
  }
});

tap.test('a device that goes is left, and nothing is set', async (t) => {
  const line = new LoadedLine();
  line.events.push([6000, () => line.unplug()]);
  t.equal(await line.control(), 'ended');
  t.ok(line.clock.now < 6500, `${line.clock.now} ms`);
  t.ok(line.rates.every(([at]) => at <= 6100));
  t.equal(line.running.size, 0);
});

tap.test('so is what somebody has put in the place of CAKE', async (t) => {
  const line = new LoadedLine();
  line.events.push([6000, () => (line.root = { kind: 'fq_codel', handle: '8009:', rate: 1_000_000 })]);
  t.equal(await line.control(), 'ended');
  t.ok(line.clock.now < 8500, `${line.clock.now} ms`);
  t.equal(line.root.rate, 1_000_000);
  t.match(line.remembered()?.lines[0]?.problems, [/^eth1: its queue is fq_codel and no CAKE; it is left alone$/]);
});

tap.test('a rate that somebody sets meanwhile is taken back, when it is seen', async (t) => {
  const line = new LoadedLine();
  line.events.push([10_000, () => (line.root.rate = 1_000_000)]);
  await line.control({ seconds: 15 });
  t.ok(line.root.rate <= max, `${line.root.rate}`);
  t.ok(line.worst(13_500, 15_000) < 30, `${line.worst(13_500, 15_000)} ms`);
});

tap.test('a CAKE of somebody else is steered only as long as a round has kept what its rate was', async (t) => {
  const sqm = (handle: string) => ({ kind: 'cake', handle, rate: 9000 });
  const keep = (line: LoadedLine, handle: string) =>
    line.machine.put(`${STATE_FILE}.qdisc`, JSON.stringify({ eth1: { handle, rate: 9000 } }));
  const unknown = new LoadedLine();
  unknown.root = sqm('8001:');
  t.equal(await unknown.control(), 'ended');
  t.strictSame([unknown.rates, unknown.started.fping], [[], undefined], 'no round has run yet');
  t.match(unknown.remembered()?.lines[0]?.problems, [/^eth1: its CAKE is not ours, /]);

  const restarted = new LoadedLine();
  restarted.root = sqm('8001:');
  keep(restarted, '8001:');
  restarted.events.push([6000, () => (restarted.root = sqm('8002:'))]);
  t.equal(await restarted.control({ seconds: 50 }), 'ended');
  t.ok(restarted.rates.length > 0 && restarted.clock.now < 8500, `${restarted.clock.now} ms`);
  t.equal(restarted.root.rate, 9000, 'sqm-scripts have begun again');
  keep(restarted, '8002:');
  await restarted.control({ seconds: 5 });
  t.not(restarted.root.rate, 9000, 'a round has seen it');

  const unwanted = new LoadedLine();
  unwanted.root = sqm('8001:');
  keep(unwanted, '8001:');
  unwanted.events.push([
    6000,
    () => {
      unwanted.root.rate = 9000;
      unwanted.machine.drop(`${STATE_FILE}.qdisc`);
    },
  ]);
  t.equal(await unwanted.control({ seconds: 50 }), 'ended');
  t.ok(unwanted.rates.length > 0 && unwanted.clock.now < 7000, `${unwanted.clock.now} ms`);
  t.equal(unwanted.root.rate, 9000, 'a round has put it back');
});

tap.test('restore ends it, and it leaves nothing', async (t) => {
  const restored = async (at: number) => {
    const line = new LoadedLine();
    line.events.push([at, () => removeOurs(line.context()).then((code) => t.equal(code, EXIT.ok))]);
    t.equal(await line.control({ seconds: 50 }), 'ended');
    t.ok(line.rates.length > 0 && line.rates.every((set) => set[0] <= at), `${at}: nothing is set any more`);
    t.equal(line.remembered(), undefined, `${at}: nothing is kept`);
    return line.clock.now;
  };
  t.ok((await restored(10_000)) < 10_500);
  // Whatever is about to be done: tc to be asked, a rate to be set, or what is remembered to be written.
  for (let at = 1200; at < 6200; at += 100) t.ok((await restored(at)) < at + 1300, `${at}`);
});

tap.test('where nothing can be kept, it works on', async (t) => {
  const line = new LoadedLine();
  line.machine.refuse = (_, path) => (path?.includes('.shape') ? 'ENOSPC' : undefined);
  t.equal(await line.control({ seconds: 10 }), 'ended');
  t.ok(line.clock.now >= 10_000, `${line.clock.now} ms`);
});

tap.test('at its end, what is remembered is what is set', async (t) => {
  for (const seconds of [3, 5, 6, 7, 8.2, 9.1]) {
    const line = new LoadedLine();
    line.patience = 400;
    line.capacity = 12_000;
    t.equal(await line.control({ seconds }), 'ended');
    const [known] = line.remembered()?.lines ?? [];
    const { rate } = known?.decisions.up ?? {};
    t.strictSame(
      [rate, Math.round(known?.memory?.lanes.up?.rate ?? 0)],
      [line.root.rate, line.root.rate],
      `${seconds} s`,
    );
    const { step, cut } = line.remembered()?.lines[0]?.memory?.lanes.up ?? {};
    t.strictSame([step, cut], [undefined, undefined], `${seconds} s: nothing is left that was only tried`);
  }
});

tap.test('no rate is outside of its bounds, and none is no limit', async (t) => {
  const CASES: [rate: number, bounds: Rates, set: number | undefined][] = [
    [10_000, {}, 10_000],
    [10_000.6, {}, 10_001],
    [1000, { min: 2000 }, 2000],
    [50_000, { max: 40_000 }, 40_000],
    [1, {}, 64],
    [1, { max: 20 }, 64],
    [0, { min: 2000 }, undefined],
    [-5, {}, undefined],
    [Number.NaN, {}, undefined],
    [Number.POSITIVE_INFINITY, {}, 10_000_000],
    [10_000_000, { min: 2000 }, 10_000_000],
    [5000, { min: 9000, max: 4000 }, 4000],
  ];
  for (const [rate, bounds, set] of CASES) t.equal(within(rate, bounds), set, `${rate} ${JSON.stringify(bounds)}`);
});

tap.test('a dry run sets nothing and remembers nothing', async (t) => {
  const line = new LoadedLine();
  t.equal(await line.control({ seconds: 10, dryRun: true }), 'ended');
  t.strictSame([line.rates, line.remembered()], [[], undefined]);
  t.match(line.machine.printed().out, /"shaper":"line","direction":"up","rate_kbit":\d+/);
});

tap.test('whoever stops the service has the last word', async (t) => {
  const line = new LoadedLine();
  line.events.push([10_000, () => line.machine.put('/etc/init.d/mini-mwan', '')]);
  t.equal(await line.control({ seconds: 50 }), 'ended');
  t.ok(line.clock.now < 15_500, `${line.clock.now} ms`);
});

tap.test('the device of a line that is netifd’s is the one that the last round has seen', async (t) => {
  const after = async (bootId: string, name: string, device = 'eth1') => {
    const line = new LoadedLine();
    line.config = { ...line.config, wans: [makeWan({ name: 'wan1', interface: 'wan' })] };
    line.machine.put(STATE_FILE, formatState({ ...stateOf(wanOf({ name, device })), bootId }));
    await line.control({ seconds: 10 });
    return line;
  };
  const { bootId } = new LoadedLine().machine;
  const known = await after(bootId, 'wan1');
  t.ok(known.rates.length > 0);
  t.strictSame(known.started, { tc: 1, fping: 1 }, 'nobody else is asked');
  const CASES: [what: string, bootId: string, name: string, device: string, said: RegExp][] = [
    ['before a restart', 'another', 'wan1', 'eth1', /line: no round has seen wan1 since the router started/],
    ['never', bootId, 'wan2', 'eth1', /line: no round has seen wan1 since the router started/],
    ['on a device that has gone', bootId, 'wan1', 'ppp0', /line: wan1 is away/],
  ];
  for (const [what, boot, name, device, said] of CASES) {
    const line = await after(boot, name, device);
    t.strictSame([line.rates, line.started.tc, line.started.fping], [[], undefined, undefined], what);
    t.match(line.machine.printed().err, said, what);
  }
});

tap.test('those that it does not begin with follow when they are loaded', async (t) => {
  const line = new LoadedLine();
  const other = { ...SHAPER, name: 'other', wan: 'wan2', device: 'eth2' };
  line.config = {
    ...line.config,
    shapers: [other, SHAPER],
    wans: [...line.config.wans, { ...line.config.wans[0], name: 'wan2', device: 'eth2' } as never],
  };
  await line.control({ seconds: 10, names: ['other'] });
  t.equal(line.started.fping, undefined, 'eth2 has no counter: it is away');
  line.machine.put('/sys/class/net/eth2/statistics/tx_bytes', '0\n');
  await line.control({ seconds: 10, names: ['other'] });
  t.ok(line.rates.length > 0);
});

tap.test('one is enough', async (t) => {
  const line = new LoadedLine();
  const { engine, exec } = line.machine;
  await exec.start('flock', ['-n', '0'], { timeout: 1, inherit: engine.files.openLock(`${STATE_FILE}.shape.lock`) })
    .finished;
  t.equal(await command(line.context(), { seconds: 50, dryRun: false }), EXIT.ok);
  t.strictSame([line.started.tc, line.started.fping, line.remembered()], [undefined, undefined, undefined]);
});

tap.test('what it is told, and cannot do', async (t) => {
  const line = new LoadedLine();
  await t.rejects(line.control({ names: ['nobody'] }), { message: "there is no shaper 'nobody' but line" });
  const { shapers: _, ...none } = line.config;
  line.config = none;
  await t.rejects(line.control(), { message: '/etc/x: there is no shaper' });
  line.config = { ...none, enabled: false };
  await t.rejects(line.control(), { message: /^disabled; / });
});
