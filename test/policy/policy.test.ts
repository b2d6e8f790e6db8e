import fc from 'fast-check';
import tap from 'tap';
import { HIGHEST_METRIC } from '../../lib/config/plain.js';
import type { Status, Verdict, Wan } from '../../lib/model.js';
import type { Course } from '../../lib/policy/course.js';
import { intend } from '../../lib/policy/policy.js';
import { makePath } from '../make.js';

const FAILOVER: Course = { mode: 'failover', sticky: false };
const SHARED: Course = { mode: 'multiuplink', sticky: false };

/** A word for each WAN: its metric, `up` or not, and what else matters of it: `10 up`, `20 down carries`. */
function read(words: string[]) {
  const verdicts = words.map((text, i): Verdict => {
    const [metric, status, ...more] = text.split(' ');
    const has = (word: string) => more.includes(word);
    const wan: Partial<Wan> = {
      weight: i + 1,
      enabled: !has('disabled') && !has('broken'),
      ...(has('broken') ? { unusable: 'its device is missing' } : {}),
      ...(has('second') ? { tier: 2 } : {}),
    };
    return {
      path: makePath(i + 1, Number(metric), {}, wan),
      status: status as Status,
      degraded: has('degraded'),
      usable: !has('disabled') && !has('broken') && !has('unusable') && !has('refused'),
      refused: has('refused'),
    };
  });
  const carrying = new Set(verdicts.filter((_, i) => words[i]?.includes('carries')).map(({ path }) => path));
  return { verdicts, carrying };
}

function intentOf(course: Course, words: string[]) {
  const { verdicts, carrying } = read(words);
  const { shares, held, highest } = intend(course, verdicts, carrying);
  return {
    shares: shares.map(({ path, rank, weight }) => `${path.wan.name} ${rank} ${weight}`),
    held: held.map(({ wan }) => wan.name),
    highest,
  };
}

interface Case {
  what: string;
  course?: Course;
  wans: string[];
  /** `NAME RANK WEIGHT` */
  shares: string[];
  held?: string[];
  highest: number;
}

const CASES: Case[] = [
  { what: 'those that are up', wans: ['10 up', '20 up'], shares: ['wan1 10 1', 'wan2 20 2'], highest: 20 },
  { what: 'none that is down', wans: ['10 down', '20 up'], shares: ['wan2 20 2'], highest: 20 },
  { what: 'none that is degraded', wans: ['10 up degraded', '20 up'], shares: ['wan2 20 2'], highest: 20 },
  {
    what: 'those that are degraded, where all are',
    wans: ['10 up degraded', '20 up degraded', '30 down'],
    shares: ['wan1 10 1', 'wan2 20 2'],
    highest: 30,
  },
  {
    what: 'a degraded one that is not usable makes no good one worse',
    wans: ['10 up degraded', '20 up unusable'],
    shares: ['wan1 10 1'],
    highest: 20,
  },
  {
    what: 'the lowest tier shares',
    course: SHARED,
    wans: ['10 up', '10 up second', '10 up'],
    shares: ['wan1 10 1', 'wan3 10 3'],
    highest: 10,
  },
  {
    what: 'the next tier, where nobody of the first is up',
    course: SHARED,
    wans: ['10 down', '10 up second', '10 up second'],
    shares: ['wan2 10 2', 'wan3 10 3'],
    highest: 10,
  },
  {
    what: 'good ones of the next tier come before degraded ones of the first',
    course: SHARED,
    wans: ['10 up degraded', '10 up second'],
    shares: ['wan2 10 2'],
    highest: 10,
  },
  {
    what: 'tiers mean nothing in mode failover',
    wans: ['10 up second', '20 up'],
    shares: ['wan1 10 1', 'wan2 20 2'],
    highest: 20,
  },
  { what: 'none that is not usable', wans: ['10 up unusable', '20 up'], shares: ['wan2 20 2'], highest: 20 },
  { what: 'none that the system refuses', wans: ['10 up refused', '20 up'], shares: ['wan2 20 2'], highest: 20 },
  { what: 'none that has never been judged', wans: ['10 unknown', '20 up'], shares: ['wan2 20 2'], highest: 20 },
  {
    what: 'who carries and is down carries no more',
    wans: ['10 down carries', '20 up'],
    shares: ['wan2 20 2'],
    highest: 20,
  },
  {
    what: 'equal metrics are told apart in their order',
    wans: ['10 up', '10 up', '10 up'],
    shares: ['wan1 10 1', 'wan2 11 2', 'wan3 12 3'],
    highest: 12,
  },
  {
    what: 'and push on whoever has the next one',
    wans: ['11 up', '10 up', '10 up'],
    shares: ['wan1 12 1', 'wan2 10 2', 'wan3 11 3'],
    highest: 12,
  },
  {
    what: 'who is down keeps its place',
    wans: ['10 down', '10 up'],
    shares: ['wan2 11 2'],
    highest: 11,
  },
  {
    what: 'who is disabled has none',
    wans: ['10 up disabled', '10 up'],
    shares: ['wan2 10 2'],
    highest: 10,
  },
  {
    what: 'none is higher than can be configured',
    wans: ['899 up', '899 up', '898 up'],
    shares: ['wan1 898 1', 'wan2 899 2', 'wan3 897 3'],
    highest: 899,
  },
  {
    what: 'sharing: the lowest rank of all, whoever is up, by weights',
    course: SHARED,
    wans: ['10 down', '30 up', '20 up'],
    shares: ['wan2 10 2', 'wan3 10 3'],
    highest: 10,
  },
  {
    what: 'nobody is up: who carries goes on, and nobody else',
    wans: ['10 down', '20 down carries'],
    shares: ['wan2 20 2'],
    highest: 20,
  },
  { what: 'nobody is up, nobody carries', wans: ['10 down', '20 unknown'], shares: [], highest: 20 },
  {
    what: 'whose line is broken is left as it is',
    wans: ['10 interface_down carries unusable', '20 down carries'],
    shares: ['wan2 20 2'],
    held: ['wan1'],
    highest: 20,
  },
  {
    what: 'as is whose section is broken',
    wans: ['10 disabled carries broken', '20 down'],
    shares: [],
    held: ['wan1'],
    highest: 20,
  },
  {
    what: 'but not who is disabled by its owner',
    wans: ['10 disabled carries disabled', '20 down'],
    shares: [],
    highest: 20,
  },
  {
    what: 'one refusal: all are left as they are',
    wans: ['10 down carries refused', '20 down carries', '30 down'],
    shares: [],
    held: ['wan1', 'wan2'],
    highest: 30,
  },
  {
    what: 'with one that is up, nobody is held',
    wans: ['10 down carries unusable', '20 up'],
    shares: ['wan2 20 2'],
    highest: 20,
  },
];

tap.test('who carries the traffic', async (t) => {
  for (const { what, course = FAILOVER, wans, shares, held = [], highest } of CASES)
    t.strictSame(intentOf(course, wans), { shares, held, highest }, what);
});

tap.test('flows are kept only where they are shared', async (t) => {
  const { verdicts } = read(['10 up', '20 up']);
  const sticky = (mode: Course['mode'], wanted: boolean) =>
    intend({ mode, sticky: wanted }, verdicts, new Set()).sticky;
  t.ok(sticky('multiuplink', true));
  t.notOk(sticky('multiuplink', false));
  t.notOk(sticky('failover', true));
});

const wan = fc.record({
  metric: fc.oneof(fc.constantFrom(1, 10, 11, 898, 899), fc.integer({ min: 1, max: 899 })),
  status: fc.constantFrom<Status>('up', 'down', 'unknown', 'no_gateway', 'interface_down'),
  more: fc.constantFrom('', '', '', 'unusable', 'refused', 'disabled', 'broken'),
  carries: fc.boolean(),
});
const wans = fc
  .array(wan, { minLength: 1, maxLength: 8 })
  .map((list) =>
    list.map(({ metric, status, more, carries }) => `${metric} ${status} ${more} ${carries ? 'carries' : ''}`),
  );
const courses = fc
  .record({ mode: fc.constantFrom<Course['mode']>('failover', 'multiuplink'), sticky: fc.boolean() })
  .map((course): Course => course);

tap.test('whatever the verdicts', async (t) => {
  const property = fc.property(courses, wans, (course, words) => {
    const { verdicts, carrying } = read(words);
    const { shares, held } = intend(course, verdicts, carrying);
    const chosen = shares.map(({ path }) => path);
    const ofPath = (path: unknown) => verdicts.find((verdict) => verdict.path === path) as Verdict;
    if (!chosen.every((path) => ofPath(path).usable)) throw new Error('a share for what is not usable');
    if (held.some((path) => chosen.includes(path))) throw new Error('held, and a share');
    const up = verdicts.filter(({ usable, status }) => usable && status === 'up').map(({ path }) => path);
    const expected = up.length > 0 ? up : chosen;
    if (`${chosen.map(({ wan: { name } }) => name)}` !== `${expected.map(({ wan: { name } }) => name)}`)
      throw new Error('not those that are up, in their order');
    if (up.length > 0 && held.length > 0) throw new Error('held, though one is up');
    if (up.length === 0 && ![...chosen, ...held].every((path) => carrying.has(path)))
      throw new Error('somebody new carries');
    const positions = chosen.map((path) => verdicts.findIndex((verdict) => verdict.path === path));
    if (positions.some((position, i) => position <= (positions[i - 1] ?? -1))) throw new Error('in another order');
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 3000 }));
});

tap.test('ranks: distinct or all equal, in the order of the metrics, and the same whoever is up', async (t) => {
  const property = fc.property(courses, wans, wans, (course, words, others) => {
    const { verdicts, carrying } = read(words);
    const { shares, highest } = intend(course, verdicts, carrying);
    const ranks = shares.map(({ rank }) => rank);
    if (ranks.some((rank) => !Number.isInteger(rank) || rank < 1 || rank > HIGHEST_METRIC))
      throw new Error('no metric');
    if (ranks.some((rank) => rank > highest)) throw new Error('higher than the highest');
    const kinds = new Set(ranks).size;
    if (kinds !== (course.mode === 'failover' ? ranks.length : Math.min(1, ranks.length))) throw new Error(`${ranks}`);
    if (course.mode === 'failover') {
      for (const a of shares)
        for (const b of shares)
          if (a.path.wan.metric < b.path.wan.metric && a.rank > b.rank) throw new Error('not by their metrics');
    } else {
      const lowest = Math.min(...verdicts.filter(({ path }) => path.wan.enabled).map(({ path }) => path.wan.metric));
      if (ranks.some((rank) => rank !== lowest)) throw new Error('not the lowest of all');
    }
    // The same lines with other verdicts.
    const turned = verdicts.map((verdict, i) => {
      const status = (others[i]?.split(' ')[1] ?? 'up') as Status;
      return { ...verdict, status };
    });
    const later = intend(course, turned, carrying);
    if (later.highest !== highest) throw new Error('the highest moved');
    for (const { path, rank } of later.shares) {
      const before = shares.find((share) => share.path === path);
      if (before && before.rank !== rank) throw new Error(`${path.wan.name} moved from ${before.rank} to ${rank}`);
    }
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 3000 }));
});
