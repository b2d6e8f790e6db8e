import tap from 'tap';
import { needsMore, readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';
import type { Bandwidth, Sharing } from '../../lib/model.js';

const more = await import('../../lib/config/more.js');

/** @param settings and options of the only WAN, as `name value` */
function read(settings: string[], wan: string[] = []) {
  const option = (text: string) => `\toption ${text}`;
  const lines = ['config settings', option('enabled 1'), ...settings.map(option), 'config interface wan'];
  const options = ['device eth1', 'ping_target 1.1.1.1', ...wan].map(option);
  const parsed = parseUci([...lines, ...options, ''].join('\n'));
  const sections = 'sections' in parsed ? parsed.sections : [];
  const { config, problems } = readSettings(sections, needsMore(sections) ? more : undefined);
  return { config, problems: problems.map(({ line, option, text }) => `${line} ${option}: ${text}`) };
}

tap.test('what traffic is shared by', async (t) => {
  const SHARED = 'mode multiuplink';
  const CASES: [settings: string[], balance: Sharing | undefined, measured: true | undefined, problems: RegExp[]][] = [
    [[SHARED], undefined, undefined, []],
    [[SHARED, 'balance static'], undefined, undefined, []],
    [[SHARED, 'balance quality'], 'quality', true, []],
    [[SHARED, 'balance latency'], 'latency', true, []],
    [[SHARED, 'balance load'], 'load', undefined, [/interface 'wan': .*knows nothing of it without bandwidth_down/]],
    [[SHARED, 'balance adaptive'], 'adaptive', true, [/interface 'wan': .*it never counts as the freest/]],
    [[SHARED, 'balance fair'], undefined, undefined, [/^4 option balance: not static or quality .*; using static$/]],
    [['balance load'], undefined, undefined, [/^3 option balance: without effect: .*option mode 'multiuplink'$/]],
    [['balance static'], undefined, undefined, []],
  ];
  for (const [settings, balance, measured, problems] of CASES) {
    const found = read(settings);
    t.strictSame([found.config.balance, found.config.wans[0]?.measured], [balance, measured], settings.join(', '));
    t.equal(found.problems.length, problems.length, found.problems.join('\n'));
    for (const [i, pattern] of problems.entries()) t.match(found.problems[i], pattern);
  }
  t.strictSame(read([SHARED, 'balance load'], ['bandwidth_up 1000']).problems, [], 'it is known');
  t.strictSame(read([SHARED, 'balance load'], ['enabled 0']).problems, [], 'it is left out');
});

tap.test('what a line can carry', async (t) => {
  const CASES: [options: string[], bandwidth: Bandwidth | undefined, problem?: RegExp][] = [
    [[], undefined],
    [['bandwidth_down 50000', 'bandwidth_up 10000'], { down: 50_000, up: 10_000 }],
    [['bandwidth_up 10000'], { up: 10_000 }],
    [['bandwidth_down 0'], { down: 1 }, /^6 option bandwidth_down: not a number from 1 to 100000000; using 1$/],
    [['bandwidth_down 50M'], undefined, /^6 .*; ignored$/],
  ];
  for (const [options, bandwidth, problem] of CASES) {
    const { config, problems } = read([], options);
    t.strictSame(config.wans[0]?.bandwidth, bandwidth, options.join(', '));
    t.match(problems, problem ? [problem] : []);
    t.equal(problems.length, problem ? 1 : 0);
  }
});
