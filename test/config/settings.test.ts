import tap from 'tap';
import * as more from '../../lib/config/more.js';
import { needsMore, readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';
import type { Config, Wan } from '../../lib/model.js';
import { problemText } from '../../lib/report/words.js';
import { makeWan } from '../make.js';

/** The configuration in a text, and its problems in words. */
function read(text: string) {
  const parsed = parseUci(text);
  if ('text' in parsed) throw new Error(parsed.text);
  const { config, problems } = readSettings(parsed.sections, needsMore(parsed.sections) ? more : undefined);
  return { config, problems, said: problems.map((problem) => problemText(problem, 'f')) };
}

/** Four lines that are in order, and what is to be tried behind them, from line 5. */
const wanText = (more = '') => `config settings
option enabled 1
config interface wan
option device eth1
${more}`;
const TARGET = "list ping_target '1.1.1.1'";
/** As many as a WAN may have. */
const TARGETS = Array.from({ length: 10 }, (_, i) => `list ping_target 8.8.8.${i}`).join('\n');
const readWan = (more: string) => {
  const { config, said } = read(wanText(more));
  return { ...(config.wans[0] as Wan), said };
};

tap.test('without a word, nothing is wrong, and everything is off', async (t) => {
  t.strictSame(read(''), {
    config: { enabled: false, mode: 'failover', checkInterval: 10, sticky: false, logLevel: 'notice', wans: [] },
    problems: [],
    said: [],
  });
});

tap.test('a WAN at its defaults', async (t) => {
  t.strictSame(readWan(TARGET), { ...makeWan({ name: 'wan', device: 'eth1' }), said: [] });
});

tap.test('numbers: at, below and above their range, and no numbers', async (t) => {
  const CASES: [string, keyof Wan, number, number, number][] = [
    ['metric', 'metric', 1, 899, 10],
    ['weight', 'weight', 1, 100, 1],
    ['reliability', 'reliability', 1, 10, 1],
    ['ping_count', 'count', 1, 10, 3],
    ['ping_timeout', 'timeout', 1, 30, 2],
    ['failure_threshold', 'failureThreshold', 1, 10, 2],
    ['recovery_threshold', 'recoveryThreshold', 1, 100, 3],
    ['failback_delay', 'failbackDelay', 0, 86400, 0],
  ];
  for (const [option, key, lowest, highest, fallback] of CASES) {
    for (const value of [lowest, lowest + 1, highest - 1, highest]) {
      const wan = readWan(`option ${option} ${value}\n${TARGETS}`);
      t.strictSame([wan[key], wan.said], [value, []], `${option} ${value}`);
    }
    const legal = (used: number) =>
      `not a number from ${lowest} to ${option === 'reliability' ? 100 : highest}; using ${used}`;
    const nonsense = ['ten', ' 1', '1 ', '1.', '.5', '1,5', '+1', '--1', '-', '0x1', '1e1', '٣', 'NaN', 'Infinity'];
    const others: [string, number][] = [
      ...nonsense.map((value): [string, number] => [value, fallback]),
      [`${lowest - 1}`, lowest],
      ['-5', lowest],
      [`${lowest}.4`, lowest],
      [`${lowest}.6`, lowest + 1],
    ];
    const tooMuch = [`${highest + 1}`, `${highest}.5`, '18446744073709551617', '9'.repeat(400)];
    // More targets than there are is another matter.
    if (option !== 'reliability') others.push(...tooMuch.map((value): [string, number] => [value, highest]));
    for (const [value, used] of others) {
      const wan = readWan(`option ${option} '${value}'\n${TARGETS}`);
      const said = `f, line 5: option ${option} '${value.length > 60 ? `${value.slice(0, 60)}…` : value}': ${legal(used)}`;
      t.strictSame([wan[key], wan.said], [used, [said]]);
      t.ok(wan.enabled, 'and the WAN goes on');
    }
  }
});

tap.test('what the form and the program of the Lua mini-mwan take is taken', async (t) => {
  const NUMBERS: [string, number, number][] = [
    ['metric', 1, 255],
    ['weight', 1, 10],
    ['ping_count', 1, 10],
    ['ping_timeout', 1, 10],
  ];
  for (const [option, lowest, highest] of NUMBERS) {
    for (const value of [lowest, highest]) t.strictSame(readWan(`${TARGET}\noption ${option} '${value}'`).said, []);
  }
  for (const value of [10, 30, 3600]) {
    const { config, said } = read(`config settings 'settings'\noption check_interval '${value}'`);
    t.strictSame([config.checkInterval, said], [value, []]);
  }
  t.match(readWan("option ping_target '9.9.9.9'"), { targets: ['9.9.9.9'], said: [] });
});

tap.test('an empty option is none', async (t) => {
  t.strictSame(readWan(`option metric ''\n${TARGETS}`).said, []);
  const wan = readWan(`option metric 7\noption metric ''\n${TARGETS}`);
  t.equal(wan.metric, 10, 'it takes back what was set before');
});

tap.test('a device that is free because its section is not enabled', async (t) => {
  const { config, said } = read(
    `config settings\noption enabled 1\nconfig interface a\noption enabled 0\noption device eth1\n${TARGET}
config interface b\noption device eth1\n${TARGET}`,
  );
  t.strictSame(
    config.wans.map(({ enabled }) => enabled),
    [false, true],
  );
  t.strictSame(said, []);
});

tap.test('options set twice, and the line of each target', async (t) => {
  const { said } = readWan(`option ping_target 1.1.1.1\noption ping_target 8.8.8.8\nlist ping_target dns`);
  t.match(said, [
    /line 6: option ping_target 'dns': set before in line 5; this one counts/,
    /line 7: .* 'dns': not the IPv4/,
  ]);
});

tap.test('the interval, in the settings', async (t) => {
  const CASES: [string, number, string[]][] = [
    ['2', 2, []],
    ['3600', 3600, []],
    ['1', 2, ["f, line 2: option check_interval '1': not a number from 2 to 3600; using 2"]],
    ['3601', 3600, ["f, line 2: option check_interval '3601': not a number from 2 to 3600; using 3600"]],
    ['often', 10, ["f, line 2: option check_interval 'often': not a number from 2 to 3600; using 10"]],
  ];
  for (const [value, interval, problems] of CASES) {
    const { config, said } = read(`config settings\noption check_interval ${value}`);
    t.strictSame([config.checkInterval, said], [interval, problems]);
  }
});

tap.test('booleans, in every spelling', async (t) => {
  const CASES: [string[], boolean][] = [
    [['1', 'on', 'true', 'yes', 'enabled'], true],
    [['0', 'off', 'false', 'no', 'disabled'], false],
  ];
  for (const [words, meaning] of CASES) {
    for (const word of words) {
      const { config, said } = read(`config settings\noption enabled ${word}`);
      t.strictSame([config.enabled, said], [meaning, []], word);
      const wan = readWan(`${TARGET}\noption enabled ${word}`);
      t.strictSame([wan.enabled, wan.unusable, wan.said], [meaning, undefined, []], word);
    }
  }
  for (const word of ['2', 'On', 'TRUE', 'ja', '01', 'constructor']) {
    const { config, said } = read(`config settings\noption enabled '${word}'`);
    t.strictSame(
      [config.enabled, said],
      [false, [`f, line 2: option enabled '${word}': not 0 or 1; using 0`]],
      'off, unless it is switched on',
    );
    const wan = readWan(`${TARGET}\noption enabled '${word}'`);
    t.strictSame([wan.enabled, wan.said], [true, [`f, line 6: option enabled '${word}': not 0 or 1; using 1`]]);
  }
});

tap.test('when all is disabled, every WAN is, for no reason of its own', async (t) => {
  const { config, said } = read(`config interface wan\noption device eth1\n${TARGET}`);
  t.match(config, { enabled: false, wans: [{ name: 'wan', enabled: false, device: 'eth1' }] });
  t.strictSame([config.wans[0]?.unusable, said], [undefined, []]);
});

tap.test('a disabled WAN may be half configured', async (t) => {
  const { config, said } = read('config settings\noption enabled 1\nconfig interface wan\noption enabled 0');
  t.match(config.wans, [{ name: 'wan', enabled: false, targets: [] }]);
  t.strictSame(said, []);
});

tap.test('words of the settings', async (t) => {
  const CASES: [string, Config['mode'], string?][] = [
    ['option mode failover', 'failover'],
    ['option mode multiuplink', 'multiuplink'],
    ['option mode balance', 'failover', "option mode 'balance': not failover or multiuplink; using failover"],
  ];
  for (const [line, mode, problem] of CASES) {
    const { config, said } = read(`config settings\n${line}`);
    t.strictSame([config.mode, said], [mode, problem === undefined ? [] : [`f, line 2: ${problem}`]], line);
  }
});

tap.test('what goes to syslog, in the words of both programs', async (t) => {
  const levels = 'emerg or alert or crit or err or warning or notice or info or debug';
  const CASES: [string, Config['logLevel'], string?][] = [
    ['option log_level info', 'info'],
    ['option log_level warn', 'warning'],
    ['option audit error', 'err'],
    ['option audit debug', 'debug'],
    ['option audit debug\noption log_level err', 'err'],
    ['option log_level constructor', 'notice', `option log_level 'constructor': not ${levels}; using notice`],
    ['option audit loud', 'notice', `option audit 'loud': not ${levels}; using notice`],
  ];
  for (const [line, level, problem] of CASES) {
    const { config, said } = read(`config settings\n${line}`);
    t.strictSame([config.logLevel, said], [level, problem === undefined ? [] : [`f, line 2: ${problem}`]], line);
  }
});

tap.test('the program that is told of transitions', async (t) => {
  const CASES: [string, string | undefined, boolean][] = [
    ['/etc/mini-mwan.notify', '/etc/mini-mwan.notify', true],
    ['/mnt/a b/c', '/mnt/a b/c', true],
    ['notify', undefined, false],
    ['-x', undefined, false],
    ['/', undefined, false],
    ['/bin/\u001b[2J', undefined, false],
  ];
  for (const [value, path, fine] of CASES) {
    const { config, said } = read(`config settings\noption notify '${value}'`);
    t.strictSame([config.notify, said.length === 0], [path, fine], value);
  }
});

tap.test('what nobody reads', async (t) => {
  const { problems, said } = read(`config settings
option interval 10
config interface wan
option enabled 0
list target 1.1.1.1
config rule
option x 1`);
  t.strictSame(said, [
    "f, line 2: option interval '10': unknown option; ignored",
    "f, line 5: option target '1.1.1.1': unknown option; ignored",
    "f, line 6: config 'rule': unknown section type; ignored",
  ]);
  t.strictSame(
    problems.map(({ remedy }) => remedy),
    [
      [
        'known here: enabled, mode, check_interval, sticky, hash_policy, log_level, audit, notify, balance, fast_dscp, bulk_dscp, inbound, mark_mask, mptcp, ipv6, deprecate, history, history_path, history_size, history_interval, quota_path',
      ],
      [
        'known here: enabled, device, interface, ping_target, metric, weight, reliability, ping_count, ping_timeout, failure_threshold, ' +
          'recovery_threshold, failback_delay, tier, track_method, http_status, http_text, http_host, check_quality, failure_latency, ' +
          'recovery_latency, failure_loss, recovery_loss, failure_jitter, recovery_jitter, bandwidth_down, bandwidth_up, metered, ' +
          'restart_after, restart_program, inbound, quota, quota_period, quota_day, ipv6, ping_target6, interface6, deprecate, reliability6, ' +
          'ping_count6, ping_timeout6, failure_threshold6, recovery_threshold6, failback_delay6',
      ],
      undefined,
    ],
  );
});

tap.test('what is said twice', async (t) => {
  const CASES: [string, Partial<Wan>, string[]][] = [
    [
      `option metric 20\noption metric 30\n${TARGET}`,
      { metric: 30 },
      ["f, line 6: option metric '30': set before in line 5; this one counts"],
    ],
    [
      `option weight 2\noption weight 3\noption weight x\n${TARGET}`,
      { weight: 1 },
      [
        "f, line 7: option weight 'x': set before in line 5 and 6; this one counts",
        "f, line 7: option weight 'x': not a number from 1 to 100; using 1",
      ],
    ],
    [
      `option ping_target '1.1.1.1 8.8.8.8 1.1.1.1'`,
      { targets: ['1.1.1.1', '8.8.8.8'] },
      ["f, line 5: option ping_target '1.1.1.1': named twice; used once"],
    ],
    // A list may stand where an option is meant; as everywhere, its last word counts.
    [`list metric 20\nlist metric 30\n${TARGET}`, { metric: 30 }, []],
  ];
  for (const [text, wan, said] of CASES) {
    const found = readWan(text);
    t.match(found, { ...wan, enabled: true });
    t.strictSame(found.said, said);
  }
  const { config, said } = read('config settings\noption enabled 1\nconfig settings\noption check_interval 20');
  t.match(config, { enabled: true, checkInterval: 20 }, 'settings in two sections');
  t.strictSame(said, []);
  const overruled = read(
    'config settings\noption enabled 1\noption mode failover\noption mode failover\n' +
      "config settings 'settings'\noption mode multiuplink\nconfig settings\noption enabled 0",
  );
  t.match(overruled.config, { enabled: false, mode: 'multiuplink' });
  t.strictSame(overruled.said, [
    "f, line 6: option mode 'multiuplink': set before in line 3 and 4; this one counts",
    "f, line 8: option enabled '0': set before in line 2; this one counts",
  ]);
});

tap.test('device names', async (t) => {
  const good = ['eth1', 'eth0.2', 'pppoe-wan', 'wwan0', '3g-wan', 'br_lan', 'wg+', 'gre4@eth0', 'abcdefghijklmno', '1'];
  const readDevice = (device: string) => {
    const { config, said } = read(`config settings
option enabled 1
config interface wan
option device '${device}'
${TARGET}`);
    return { ...(config.wans[0] as Wan), said };
  };
  for (const device of good) {
    const wan = readDevice(device);
    t.strictSame([wan.device, wan.enabled, wan.said], [device, true, []]);
  }
  const bad = ['abcdefghijklmnop', 'eth 1', ' eth1', 'eth1 ', 'a/b', '..', '.', '-I', '--help', 'eth:1', '@', '+'];
  for (const device of [...bad, 'eth1\n', 'e\u001b[2J', 'e\u007f', 'eth\u00a01', 'ethü', '$(id)', 'a;b', '*', 'a\\b']) {
    const wan = readDevice(device);
    t.strictSame(
      [wan.device, wan.enabled, wan.unusable],
      [undefined, false, 'no usable device'],
      JSON.stringify(device),
    );
    t.match(wan.said, [
      "f, line 3: interface 'wan': no usable device; left out",
      /^f, line 4: option device '.*': not the name of a network device \(1 to 15 letters, digits, \. _ - @ \+\)$/,
    ]);
    t.notMatch(wan.said.join(), /[^ -~\u00a0-\uffff]/, 'nothing that a screen would obey');
  }
});

tap.test('targets', async (t) => {
  const CASES: [string, string[], string?][] = [
    ['list ping_target 1.1.1.1\nlist ping_target 8.8.8.8', ['1.1.1.1', '8.8.8.8']],
    ["option ping_target ' 1.1.1.1\t8.8.8.8 '", ['1.1.1.1', '8.8.8.8']],
    ["list ping_target '1.1.1.1 8.8.8.8'\nlist ping_target 9.9.9.9", ['1.1.1.1', '8.8.8.8', '9.9.9.9']],
    ["list ping_target ''\nlist ping_target 1.1.1.1", ['1.1.1.1']],
    ['option ping_target 192.168.0.1', ['192.168.0.1']],
    ['option ping_target 223.255.255.254', ['223.255.255.254']],
    ["option ping_target '1.1.1.1 dns.google'", ['1.1.1.1'], 'dns.google'],
    ["option ping_target '1.1.1.1,8.8.8.8 9.9.9.9'", ['9.9.9.9'], '1.1.1.1,8.8.8.8'],
  ];
  const bad = ['1.1.1', '1.1.1.256', '1.1.1.1.1', '01.1.1.1', '1.1.1.1/32', '::1', '-c', '0.0.0.0', '0.1.2.3'];
  const all = [...bad, '127.0.0.1', '127.9.9.9', '224.0.0.1', '240.0.0.1', '255.255.255.255', '２.2.2.2'];
  CASES.push(
    ...all.map((target): [string, string[], string] => [`option ping_target '1.1.1.1 ${target}'`, ['1.1.1.1'], target]),
  );
  for (const [text, targets, refused] of CASES) {
    const why = `not the IPv4 address of a host (names are not looked up in a probe); ignored`;
    const said = refused === undefined ? [] : [`f, line 5: option ping_target '${refused}': ${why}`];
    const wan = readWan(text);
    t.strictSame([wan.targets, wan.enabled, wan.said], [targets, true, said], text);
  }
});

tap.test('a WAN that cannot be used is left out, and the others go on', async (t) => {
  const noTarget = "no usable ping_target, as in: list ping_target '1.1.1.1'";
  const notNetifd = 'not the name of a netifd interface';
  const notTarget = 'not the IPv4 address of a host (names are not looked up in a probe); ignored';
  const CASES: [string, string, string?][] = [
    [TARGET, 'neither option device nor interface'],
    ['option device eth1', noTarget],
    [`option device ''\n${TARGET}`, 'neither option device nor interface'],
    [`option interface 'a b'\n${TARGET}`, 'no usable device', `option interface 'a b': ${notNetifd}`],
    [
      `option interface '${'a'.repeat(65)}'\n${TARGET}`,
      'no usable device',
      `option interface '${'a'.repeat(60)}…': ${notNetifd}`,
    ],
    ['option ping_target here\noption device eth1', noTarget, `option ping_target 'here': ${notTarget}`],
    [`option device eth2\n${TARGET}`, "it has the same device as interface 'good'"],
    [`option interface lte\n${TARGET}`, "it has the same device as interface 'lte'"],
  ];
  for (const [text, reason, problem] of CASES) {
    const { config, said } = read(`config settings
option enabled 1
config interface good
option device eth2
${TARGET}
config interface lte
option interface lte
${TARGET}
config interface wan
${text}`);
    t.strictSame(
      config.wans.map(({ enabled, unusable }) => [enabled, unusable]),
      [
        [true, undefined],
        [true, undefined],
        [false, reason],
      ],
    );
    const why = problem === undefined ? [] : [`f, line 10: ${problem}`];
    t.strictSame(said, [`f, line 9: interface 'wan': ${reason}; left out`, ...why]);
  }
});

tap.test('device and interface: the device counts', async (t) => {
  const wan = readWan(`${TARGET}\noption interface lte`);
  t.match(wan, { device: 'eth1', interface: undefined, enabled: true });
  t.strictSame(wan.said, ["f, line 6: option interface 'lte': option device is there as well and counts; ignored"]);
});

tap.test('a netifd interface instead of a device', async (t) => {
  for (const name of ['w', 'wan', 'wan-b', 'wan_6', 'lte.1', 'a'.repeat(64)]) {
    const { config, said } = read(`config settings
option enabled 1
config interface w
option interface '${name}'
${TARGET}`);
    t.match(config.wans, [{ name: 'w', enabled: true, interface: name, device: undefined }]);
    t.strictSame(said, []);
  }
});

tap.test('reliability above the number of targets', async (t) => {
  const CASES: [string, string, number][] = [
    ['3', "list ping_target '1.1.1.1 8.8.8.8'", 2],
    ['2', "list ping_target '1.1.1.1 localhost'", 1],
    ['100', TARGETS, 10],
  ];
  for (const [reliability, targets, used] of CASES) {
    const wan = readWan(`option reliability ${reliability}\n${targets}`);
    t.match(wan, { reliability: used, enabled: true });
    t.ok(
      wan.said.includes(
        `f, line 5: option reliability '${reliability}': more than there are usable targets; using ${used}`,
      ),
    );
  }
});

tap.test('a file that never ends', async (t) => {
  const many = readWan(`${TARGETS}\nlist ping_target 9.9.9.9`);
  t.strictSame(
    [many.targets.length, many.said.map((line) => line.replace(/line \d+/, 'line N'))],
    [10, ["f, line N: option ping_target '9.9.9.9': more than 10 targets; ignored"]],
  );
  const { config, said } = read('config interface\noption enabled 0\n'.repeat(502));
  t.equal(config.wans.length, 500);
  t.strictSame(said, ['f, line 1001: more than 500 interface sections; this and the rest are ignored']);
});

tap.test('names', async (t) => {
  const anonymous = (place: string) => `config interface\n${place}\noption enabled 0\n`;
  const CASES: [string, string[]][] = [
    [anonymous('option device eth0.2'), ['eth0.2']],
    [anonymous('option interface lte'), ['lte']],
    [anonymous('option weight 1'), ['unnamed']],
    [anonymous('option device a/b'), ['unnamed']],
    [anonymous('option weight 1').repeat(3), ['unnamed', 'unnamed_2', 'unnamed_3']],
    [`config interface eth1\noption enabled 0\n${anonymous('option device eth1')}`, ['eth1', 'eth1_2']],
    [
      `config interface eth1\noption enabled 0\nconfig interface eth1_2\n${anonymous('option device eth1')}`,
      ['eth1', 'eth1_2', 'eth1_3'],
    ],
    ['config interface mode\nconfig interface __proto__\nconfig interface proto', ['mode', '__proto__', 'proto']],
    [`${anonymous('option device wan')}config interface wan\noption enabled 0`, ['wan_2', 'wan']],
  ];
  for (const [text, names] of CASES) {
    t.strictSame(
      read(text).config.wans.map((wan) => wan.name),
      names,
    );
  }
});

tap.test('problems come in the order of the file', async (t) => {
  const { problems } = read(`config interface wan
option metric x
option weight y
config settings
option enabled 1
option mode z
config rule`);
  t.strictSame(
    problems.map(({ line }) => line),
    [1, 2, 3, 6, 7],
  );
});

tap.test('a configuration of the Lua mini-mwan works unchanged', async (t) => {
  const lua = (mode: string) => `
config settings 'settings'
	option enabled '1'
	option mode '${mode}'
	option check_interval '30'
	option audit 'notice'

config interface
	option device 'wan'
	option ping_target '1.1.1.1'
	option metric '1'
	option weight '3'
	option ping_count '3'
	option ping_timeout '2'

config interface
	option device 'wwan0'
	option ping_target '8.8.8.8'
	option metric '10'
	option weight '1'
	option ping_count '2'
	option ping_timeout '5'
`;
  const { config, said } = read(lua('failover'));
  t.strictSame(said, []);
  t.match(config, {
    enabled: true,
    mode: 'failover',
    checkInterval: 30,
    wans: [
      { name: 'wan', enabled: true, device: 'wan', targets: ['1.1.1.1'], metric: 1, weight: 3, count: 3, timeout: 2 },
      {
        name: 'wwan0',
        enabled: true,
        device: 'wwan0',
        targets: ['8.8.8.8'],
        metric: 10,
        weight: 1,
        count: 2,
        timeout: 5,
      },
    ],
  });
  const other = read(lua('multiuplink'));
  t.strictSame(other.said, []);
  t.strictSame(other.config, { ...config, mode: 'multiuplink' });
});
