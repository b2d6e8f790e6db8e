import tap from 'tap';
import type { Probe, RoundResult } from '../../lib/model.js';
import { changeLines, commandLine, roundLines, summaryLine, transitionLine } from '../../lib/report/check.js';
import { COLOURLESS } from '../../lib/report/colour.js';
import { round } from '../../lib/round.js';
import { grouped, makeLink } from '../make.js';
import { CONFIG, FakeWorld } from '../world.js';

const plain = COLOURLESS;

/** The result of a round, and the lines that --verbose shows of it. */
async function run(prepare: (world: FakeWorld) => void): Promise<{ result: RoundResult; lines: string[] }> {
  const world = new FakeWorld();
  prepare(world);
  let lines: string[] = [];
  const judged = (...seen: Parameters<Parameters<typeof round>[1]['judged']>) => {
    lines = roundLines(...seen, plain, () => '');
  };
  const result = await round(world, { changing: () => {}, judged }, CONFIG, undefined, {
    begun: world.now(),
    dryRun: false,
  });
  return { result, lines };
}

tap.test('a line for each WAN', async (t) => {
  t.strictSame((await run(() => {})).lines, [
    'wan1  eth1  link up, via 10.0.1.1  1.1.1.1 12.0 ms  up, 0 of 2 failures',
    'wan2  eth2  link up, via 10.0.2.1  8.8.8.8 12.0 ms  up, 0 of 2 failures',
  ]);
  const { lines } = await run((world) => {
    world.answers = { wan2: 'no' };
    world.links = [makeLink('eth1', { state: 'no_carrier' }), makeLink('eth2', { pointToPoint: true })];
  });
  t.strictSame(lines, [
    'wan1  eth1  no carrier               -             no link',
    'wan2  eth2  link up, point-to-point  8.8.8.8 lost  down, 2 of 2 failures',
  ]);
  t.strictSame(
    (
      await run((world) => {
        world.links = [makeLink('eth2', { state: 'down' })];
      })
    ).lines,
    ['wan1  eth1  no device  -  no link', 'wan2  eth2  down       -  no link'],
  );
});

tap.test('the ways a target can fare', async (t) => {
  const wan = {
    name: 'w',
    status: 'down',
    failures: 0,
    failureThreshold: 2,
    successes: 1,
    recoveryThreshold: 3,
  } as const;
  const targets: Probe['targets'] = [
    { target: '1.1.1.1', outcome: 'answered' },
    { target: '8.8.8.8', outcome: 'open' },
  ];
  const probe: Probe = { answered: true, failures: 0, targets, sent: 1, lost: 0 };
  t.strictSame(
    roundLines([grouped(wan)], [], new Map([['w', probe]]), plain, () => ''),
    ['w  -  no device  1.1.1.1 answered, 8.8.8.8 not waited for  down, 1 of 3 good rounds'],
  );
  const held = { ...wan, successes: 3, reason: 'answering again, 5 of 60 s' };
  t.match(
    roundLines([grouped(held)], [], new Map([['w', probe]]), plain, () => ''),
    [/ down, answering again, 5 of 60 s$/],
  );
});

tap.test('what happened', async (t) => {
  const { result } = await run(() => {});
  t.strictSame(
    result.transitions.map((transition) => transitionLine(transition, plain)),
    ['wan1 (eth1) up: reply from 1.1.1.1', 'wan2 (eth2) up: reply from 8.8.8.8'],
  );
  t.equal(
    transitionLine({ name: 'eth1', device: 'eth1', from: 'up', to: 'no_gateway', reason: 'x\x1b[2J' }, plain),
    'eth1 no gateway: x?[2J',
  );
  t.strictSame(result.changes.map(commandLine), [
    '[#] ip route add default via 10.0.1.1 dev eth1 metric 10 proto 77',
    '[#] ip route add default via 10.0.2.1 dev eth2 metric 20 proto 77',
  ]);
  t.equal(summaryLine(result), '2 changes, 0 ms');
  t.strictSame(changeLines(result, false), [
    '+ default via 10.0.1.1 dev eth1 metric 10',
    '+ default via 10.0.2.1 dev eth2 metric 20',
  ]);
  t.equal(changeLines(result, true).at(-1), '2 changes not made (dry run), 0 ms');
  t.strictSame(changeLines({ ...result, changes: [] }, true), ['no change (dry run), 0 ms']);
});
