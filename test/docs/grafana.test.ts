import { readFileSync } from 'node:fs';
import tap from 'tap';
import { metricsText } from '../../lib/report/metrics.js';
import { parseExposition } from '../report/exposition.js';
import { stateOf, wanOf, windowOf } from '../report/states.js';
import { readQuery } from './query.js';

interface Panel {
  id: number;
  title: string;
  datasource: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets: { datasource: { uid: string }; expr: string; legendFormat: string; refId: string }[];
}
interface Dashboard {
  schemaVersion: number;
  panels: Panel[];
  templating: { list: { name: string; type: string; query: string | { query: string } }[] };
}

const DASHBOARD: Dashboard = JSON.parse(readFileSync('docs/grafana.json', 'utf8'));
const { panels } = DASHBOARD;
const variables = DASHBOARD.templating.list;
/** Grafana has them by itself. */
const BUILT_IN = ['__rate_interval'];

const quality = { window: windowOf([10, 14]), reliability: 1, degraded: false, times: 0 };
const measured = { latency: 12, jitter: 1, loss: 0, quality };
/** Labels of each metric, with their values. Who collects them adds where from. */
const PRINTED = new Map(
  parseExposition(metricsText(stateOf(wanOf(measured)), false)).map(({ name, series }) => [
    name,
    series.map(({ labels }) => ({ ...labels, instance: 'any' }) as Record<string, string>),
  ]),
);

tap.test('queries are understood', async (t) => {
  const names = (query: string) => readQuery(query).selectors.map(({ metric }) => metric);
  t.strictSame(names('a'), ['a']);
  t.strictSame(names('time() - a:b{c="d"}'), ['a:b']);
  t.strictSame(names('rate(a{b=~"x y(z)", c!=""}[5m]) * 8 or e and on (f) g offset 1h'), ['a', 'e', 'g']);
  t.strictSame(names('sum by (x, y) (a) / ignoring(x) group_left(z) max(b) by (w)'), ['a', 'b']);
  t.strictSame(names('label_values(a{b="c"}, d)'), ['a']);
  t.strictSame(readQuery('sum by (x) (a{b=~"$v",c!="e}"}[$__r])'), {
    selectors: [
      {
        metric: 'a',
        matchers: [
          { label: 'b', is: '=~', value: '$v' },
          { label: 'c', is: '!=', value: 'e}' },
        ],
      },
    ],
    labels: ['x'],
    variables: ['v', '__r'],
  });
});

tap.test('each query names what is printed', async (t) => {
  const asked = variables
    .filter(({ type }) => type === 'query')
    .map(({ name, query }) => ({ where: name, query: typeof query === 'string' ? query : query.query, legend: '' }));
  const shown = panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => ({ where: title, query: expr, legend: legendFormat })),
  );
  t.ok(shown.length > 10);
  const known = [...variables.map(({ name }) => name), ...BUILT_IN];
  for (const { where, query, legend } of [...asked, ...shown]) {
    const found = readQuery(query);
    t.ok(found.selectors.length > 0, where);
    for (const name of found.variables) t.ok(known.includes(name), `${where}: $${name} is a variable`);
    for (const { metric, matchers } of found.selectors) {
      const series = PRINTED.get(metric) ?? [];
      t.ok(series.length > 0, `${where}: ${metric} is printed`);
      for (const { label, is, value } of matchers) {
        t.ok(
          series.some((labels) => label in labels),
          `${where}: ${metric} has ${label}`,
        );
        if (is === '=')
          t.ok(
            series.some((labels) => labels[label] === value),
            `${where}: ${label} may be ${value}`,
          );
      }
      const named = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      for (const label of [...named, ...found.labels])
        t.ok(
          series.some((labels) => label in labels),
          `${where}: ${metric} has ${label}`,
        );
    }
  }
});

tap.test('what a person looks for is there', async (t) => {
  const words = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join('\n');
  for (const metric of ['wan_up', 'wan_health', 'wan_rtt', 'wan_loss', 'wan_jitter', 'receive_bytes', 'changes('])
    t.match(words, metric);
});

tap.test('Grafana 10 can import it, whatever its data source is called', async (t) => {
  t.ok(
    DASHBOARD.schemaVersion <= 38,
    'that of Grafana 10.0: a later one lifts it by itself, an earlier one cannot read it',
  );
  t.match(variables[0], { name: 'datasource', type: 'datasource', query: 'prometheus' });
  const sources = panels.flatMap(({ datasource, targets }) => [datasource, ...targets.map((one) => one.datasource)]);
  t.strictSame([...new Set(sources.map(({ uid }) => uid))], [`\${datasource}`]);
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
  );
  t.equal(new Set(cells).size, cells.length, 'no panel lies over another');
  for (const { gridPos, targets } of panels) {
    t.ok(gridPos.x + gridPos.w <= 24);
    t.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length);
  }
});
