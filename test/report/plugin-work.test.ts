import tap from 'tap';
import type { Plugin, RoundResult, State } from '../../lib/model.js';
import { formatMemory, parseMemory } from '../../lib/report/plugin-memory.js';
import { pluginWork } from '../../lib/report/plugin-work.js';
import { grouped, makeRoute } from '../make.js';

const METRICS: Plugin = {
  ...{
    name: 'm',
    type: 'metrics',
    program: '/m',
    format: 'json',
    level: 'info',
    cooldown: 0,
    interval: 0,
    variables: {},
  },
};
const ALERT: Plugin = { ...METRICS, name: 'a', type: 'alert' };

function run(plugins: Plugin[], status: 'up' | 'down', plugins_?: State['plugins']) {
  const wan = (name: string, device: string) =>
    grouped({ name, device, status, statusSinceUptime: 0, targets: [], failures: 0, reason: 'r', rxBytes: 7 });
  const state = {
    ...{
      bootId: 'b',
      uptime: 1000,
      timestamp: 5,
      exitCode: 0,
      complaints: [],
      wans: [wan('wan1', 'eth1'), wan('wan2', 'eth2')],
    },
    ...(plugins_ ? { plugins: plugins_ } : {}),
  } as unknown as State;
  const seen = { routes: [makeRoute('default via 10.0.2.1 dev eth2')] } as RoundResult['seen'];
  return pluginWork({ plugins, logLevel: 'notice' }, { state, transitions: [], seen }, undefined);
}

tap.test('who has something to do', async (t) => {
  const hourly = { ...METRICS, name: 'h', interval: 3600 };
  const CASES: [string, Plugin[], 'up' | 'down', State['plugins'], names: string[] | undefined, isNews?: boolean][] = [
    ['nobody is there', [], 'up', undefined, undefined],
    ['nothing is wrong', [ALERT], 'up', undefined, undefined],
    ['something is', [ALERT], 'down', undefined, ['a'], true],
    ['each round', [METRICS, ALERT], 'up', undefined, ['m'], false],
    ['the first time', [hourly], 'up', undefined, ['h'], true],
    ['not yet', [hourly], 'up', ['boot b', 'sent h 1.00'], undefined],
    ['of a name that all objects have', [{ ...hourly, name: 'constructor' }], 'up', ['boot b'], ['constructor'], true],
    ['of another boot', [hourly], 'up', ['boot a', 'sent h 1.00'], ['h'], true],
    ['of a time that is still to come', [hourly], 'up', ['boot b', 'sent h 1001.00'], ['h'], true],
    ['nearly', [{ ...hourly, interval: 101 }], 'up', ['boot b', 'sent h 901.00'], ['h'], true],
    ['too early', [{ ...hourly, interval: 102 }], 'up', ['boot b', 'sent h 901.00'], undefined],
  ];
  for (const [what, plugins, status, memory, names, isNews] of CASES) {
    const found = run(plugins, status, memory);
    t.strictSame(
      found?.work?.plugins.map(({ name }) => name),
      names,
      what,
    );
    t.equal(found?.isNews, isNews, what);
  }
  const both = run([METRICS, hourly, { ...hourly, name: 'i' }, ALERT], 'down', [
    ...['boot b', 'sent i 999.00', 'sent gone 1.00'],
  ]);
  t.strictSame(
    both?.memory.filter((line) => line.startsWith('sent')),
    ['sent h 1000.00', 'sent i 999.00'],
    'of those that have an interval',
  );
  t.match(both?.work?.metrics, {
    time: 5,
    wans: [
      { name: 'wan1', in_use: false, rx_bytes: 7 },
      { name: 'wan2', in_use: true },
    ],
  });
  t.equal(run([ALERT], 'down')?.work?.metrics, undefined, 'no figures for who does not want them');
});

tap.test('what is remembered is read again, and nothing else', async (t) => {
  const heard = {
    told: [
      { plugin: 'a', key: 'wan-down:eth0.2', at: 12.5, open: true },
      { plugin: 'plugin-1', key: 'no-wan-up', open: false },
      { plugin: 'a', key: `wan-down:${'w'.repeat(300)}`, at: 1, open: true },
    ],
    sent: new Map([['m', 7]]),
    lasting: [{ key: 'wan-slower:eth0.2', since: 3.5, seen: 12 }],
    usual: [{ name: 'eth0.2', rtt: 20.25, at: 9 }],
  };
  const lines = formatMemory(heard, 'b');
  t.strictSame(lines, [
    'boot b',
    'alert a wan-down:eth0.2 12.50 open',
    'alert plugin-1 no-wan-up - over',
    `alert a wan-down:${'w'.repeat(300)} 1.00 open`,
    'lasting wan-slower:eth0.2 3.50 12.00',
    'usual eth0.2 20.25 9.00',
    'sent m 7.00',
  ]);
  t.strictSame(parseMemory({ plugins: lines, uptime: 12.5, bootId: 'b' }), heard);
  t.match(parseMemory({ plugins: lines, uptime: 12.5, bootId: 'c' }), {
    told: [{ key: 'wan-down:eth0.2', at: undefined, open: true }, { key: 'no-wan-up' }],
    ...{ sent: new Map(), lasting: [], usual: [] },
  });
  const none = { lasting: [], usual: [] };
  t.strictSame(parseMemory({ uptime: 1, bootId: 'b' }), { told: [], sent: new Map(), ...none });
  const plugins = [
    ...['', 'boot b', 'a b 1 open', 'alert a b', 'alert a b 1 closed', 'alert a b x open', 'alert a b 1 open more'],
    ...[`alert ${'a'.repeat(65)} b 1 open`, 'alert a b 1.1.1 open'],
    ...['sent m', 'sent m x', 'sent m 1 2', 'sent __proto__ 1'],
    ...[
      'lasting a 1',
      'lasting a 1 x',
      'lasting a 10 10',
      'usual a 1',
      'usual a x 1',
      'usual a 1.1.1 1',
      'usual a 1 10',
    ],
  ];
  t.strictSame(parseMemory({ plugins, uptime: 9, bootId: 'b' }), {
    told: [{ plugin: 'a', key: 'b', open: true }],
    sent: new Map([['__proto__', 1]]),
    ...none,
  });
});
