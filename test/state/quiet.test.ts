import tap from 'tap';
import type { Probe, Status, TargetResult, Uplink, WanState } from '../../lib/model.js';
import type { RoundResult } from '../../lib/round.js';
import { quietText, shortRoutes } from '../../lib/state/quiet.js';
import { EMPTY_STATE } from '../../lib/state/state.js';
import { makeUplink } from '../routing/make.js';

/** As Linux 6.18 prints it: columns padded with blanks to 127 characters. */
const TABLE = [
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
  'eth1\t00000000\t01014064\t0003\t0\t0\t10\t00000000\t0\t0\t0     ',
  'eth1\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0     ',
  'eth1\t00014064\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0     ',
  '',
].join('\n');

const probe = (outcomes: TargetResult['outcome'][], more: Partial<Probe> = {}): Probe => ({
  answered: outcomes.includes('answered'),
  failures: 0,
  targets: outcomes.map((outcome, i) => ({ target: `1.1.1.${i}`, outcome })),
  sent: 1,
  lost: 0,
  ...more,
});

/** A round that found this of one WAN, and nothing to do. */
function roundOf(status: Status, seen?: Probe, uplink: Partial<Uplink> = {}): RoundResult {
  return {
    state: { ...EMPTY_STATE, wans: [{ name: 'wan1', status } as WanState] },
    transitions: [],
    changes: [],
    problems: [],
    uplinks: [makeUplink(1, 10, uplink)],
    probes: new Map(seen ? [['wan1', seen]] : []),
    blind: false,
    refused: false,
  };
}
const routes = 'eth1 00000000 01014064 0003 10 00000000|eth1 0000000A 00000000 0001 0 000000FF|';

tap.test('routes, without those that lead to little', async (t) => {
  t.equal(shortRoutes(TABLE), routes);
  t.equal(shortRoutes(''), '');
  const bigEndian = TABLE.replace('\t000000FF\t', '\tFF000000\t').replace('\t00FFFFFF\t', '\tFFFFFF00\t');
  t.equal(shortRoutes(bigEndian), routes.replace('000000FF', 'FF000000'), 'of either byte order');
});

tap.test('what a settled round leaves', async (t) => {
  /** One that is down, answers again, and has so many good rounds of three. */
  const counted = (successes: number, seen: Probe) => {
    const round = roundOf('down', seen);
    const wans = round.state.wans.map((wan) => ({ ...wan, successes, recoveryThreshold: 3 }));
    return { ...round, state: { ...round.state, wans } };
  };
  const CASES: [RoundResult, string[] | undefined][] = [
    [roundOf('up', probe(['answered', 'open'])), ['link eth1 up', 'answers eth1 1.1.1.0']],
    [roundOf('up', probe(['answered', 'answered'])), ['link eth1 up', 'answers eth1 1.1.1.0', 'answers eth1 1.1.1.1']],
    [roundOf('up', probe(['answered'], { failures: 1 })), undefined],
    [roundOf('up', probe(['lost'])), undefined],
    [roundOf('up'), undefined],
    [roundOf('down', probe(['lost', 'lost'])), ['link eth1 up', 'silent eth1 1.1.1.0', 'silent eth1 1.1.1.1']],
    [counted(1, probe(['answered'])), undefined],
    [counted(3, probe(['answered'], { failures: 1 })), undefined],
    [counted(3, probe(['answered'])), ['link eth1 up', 'answers eth1 1.1.1.0']],
    [roundOf('unknown', probe(['lost'])), undefined],
    [roundOf('no_gateway'), ['link eth1 up']],
    [roundOf('disabled'), []],
    [{ ...roundOf('disabled'), refused: true }, undefined],
    [{ ...roundOf('disabled'), blind: true }, undefined],
    [{ ...roundOf('disabled'), changes: [{ verb: 'del', route: {} as never }] }, undefined],
    [{ ...roundOf('disabled'), transitions: [{} as never] }, undefined],
  ];
  for (const [round, lines] of CASES) {
    const text = lines && ['mini-mwan 1', `routes ${routes}`, ...lines, ''].join('\n');
    t.equal(quietText(round, TABLE), text, `${round.state.wans[0]?.status}`);
  }
});

tap.test('a device that is not there', async (t) => {
  const { link: _, ...gone } = makeUplink(1, 10);
  const round = { ...roundOf('interface_down'), uplinks: [gone] };
  t.match(quietText(round, TABLE), /^link eth1 absent$/m);
  const { device: __, ...unknown } = gone;
  t.notMatch(quietText({ ...round, uplinks: [unknown] }, TABLE), /^link/m);
});
