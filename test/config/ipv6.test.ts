import fc from 'fast-check';
import tap from 'tap';
import { readersOf } from '../../lib/config/beyond.js';
import { OPTIONS6 } from '../../lib/config/ipv6.js';
import * as more from '../../lib/config/more.js';
import { needsMore, readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';
import { isSix } from '../../lib/family.js';
import { problemText } from '../../lib/report/words.js';
import { formatState } from '../../lib/state/format.js';
import { parseState } from '../../lib/state/parse.js';
import { grouped, makeWan } from '../make.js';

const HEAD = `config settings
option enabled 1
option ipv6 1
config interface wan
option device eth1
list ping_target 1.1.1.1
`;
const TARGET = 'list ping_target6 2606:4700:4700::1111\n';

/** The paths of a text, and what is wrong with it, in words. */
function read(text: string) {
  const parsed = parseUci(text);
  if ('text' in parsed) throw new Error(parsed.text);
  const { config, problems } = readSettings(parsed.sections, needsMore(parsed.sections) ? more : undefined);
  return { config, wans: config.wans.filter(isSix), said: problems.map((problem) => problemText(problem, 'f')) };
}
/** A WAN with these lines from line 7 on. */
const readWan = (lines: string) => read(HEAD + lines);

tap.test('a path beside that of IPv4', async (t) => {
  const path = makeWan({ name: 'wan/ipv6', family: 6, device: 'eth1', targets: ['2606:4700:4700::1111'] });
  t.strictSame(readWan(TARGET), { ...readWan(TARGET), wans: [path], said: [] });
  t.strictSame(
    readWan(TARGET).config.wans.map(({ name }) => name),
    ['wan', 'wan/ipv6'],
  );
});

tap.test('who asks for it', async (t) => {
  const CASES: [what: string, settings: string, wan: string, paths: string[]][] = [
    ['nobody', '', '', []],
    ['all', 'option ipv6 1', '', ['wan/ipv6', 'wanb/ipv6']],
    ['one', '', 'option ipv6 1', ['wan/ipv6']],
    ['all but one', 'option ipv6 1', 'option ipv6 0', ['wanb/ipv6']],
    ['none that is off', 'option ipv6 1', 'option enabled 0', ['wanb/ipv6']],
    ['nobody, by a word that is none', 'option ipv6 maybe', '', []],
  ];
  for (const [what, settings, wan, paths] of CASES) {
    const section = (name: string, device: string, lines: string) =>
      `config interface ${name}\noption device ${device}\nlist ping_target 1.1.1.1\n${TARGET}${lines}\n`;
    const text = `config settings\noption enabled 1\n${settings}\n${section('wan', 'eth1', wan)}${section('wanb', 'eth2', '')}`;
    t.strictSame(
      read(text).wans.map(({ name }) => name),
      paths,
      what,
    );
  }
});

tap.test('where the path is', async (t) => {
  const wan = (lines: string) =>
    read(
      `config settings\noption enabled 1\noption ipv6 1\nconfig interface wan\n${lines}\n${TARGET}list ping_target 1.1.1.1\n`,
    );
  t.match(wan('option device eth1').wans, [{ device: 'eth1', interface: undefined }]);
  t.match(wan('option interface wan').wans, [{ device: undefined, interface: 'wan' }]);
  t.match(wan('option device eth1\noption interface6 wan6').wans, [{ device: undefined, interface: 'wan6' }]);
  t.match(wan('option interface wan\noption interface6 wan_6').wans, [{ device: undefined, interface: 'wan_6' }]);
  t.match(wan("option device eth1\noption interface6 'wan 6'"), {
    wans: [{ device: 'eth1' }],
    said: [/interface6 'wan 6': not the name of a netifd interface; ignored/],
  });
});

tap.test('for MPTCP it is measured, and as dear and as fast as its WAN', async (t) => {
  const lines = `${TARGET}option metered 1\noption bandwidth_down 8000\n`;
  const bonded = read(HEAD.replace('enabled 1', 'enabled 1\noption mptcp 1') + lines).wans;
  t.match(bonded, [{ mptcp: true, measured: true, metered: true, bandwidth: { down: 8000 } }]);
  t.match(readWan(lines).wans, [{ mptcp: undefined, measured: undefined, metered: undefined, bandwidth: undefined }]);
});

const NO_HOST = 'not the IPv6 address of a host (names are not looked up in a probe); ignored';

tap.test('targets', async (t) => {
  const GOOD: [text: string, as: string][] = [
    ['2606:4700:4700::1111', '2606:4700:4700::1111'],
    ['2606:4700:4700:0:0:0:0:1111', '2606:4700:4700::1111'],
    ['2606:4700:4700::ABCD', '2606:4700:4700::abcd'],
    ['64:ff9b::8.8.8.8', '64:ff9b::808:808'],
    ['fd00::1', 'fd00::1'],
  ];
  for (const [text, as] of GOOD) {
    const { wans, said } = readWan(`list ping_target6 ${text}\n`);
    t.strictSame([wans[0]?.targets, said], [[as], []], text);
  }
  const BAD = [
    '1.1.1.1',
    '::',
    '::1',
    '::ffff:1.1.1.1',
    'fe80::1',
    'fe80::1%eth1',
    'febf::1',
    'ff02::1',
    '2606:4700::/32',
  ];
  for (const text of [...BAD, 'one.one.one.one', '[2606:4700::1]', 'http://2606:4700::1', '-6']) {
    const { wans, said } = readWan(`${TARGET}list ping_target6 ${text}\n`);
    t.strictSame(wans[0]?.targets, ['2606:4700:4700::1111'], text);
    t.strictSame(said, [`f, line 8: option ping_target6 '${text}': ${NO_HOST}`]);
  }
});

tap.test('many targets, and the same in other words', async (t) => {
  const many = Array.from({ length: 20 }, (_, i) => `list ping_target6 2606:4700::${i + 1}\n`).join('');
  const { wans, said } = readWan(many);
  t.equal(wans[0]?.targets.length, 10);
  t.equal(said.length, 10);
  t.match(said[0], /line 17: option ping_target6 '2606:4700::11': more than 10 targets; ignored/);
  const twice = readWan(`${TARGET}list ping_target6 2606:4700:4700:0::1111\n`);
  t.strictSame(twice.wans[0]?.targets, ['2606:4700:4700::1111']);
  t.match(twice.said, [/named twice; used once/]);
});

tap.test('without a target it is left out, and said so; IPv4 goes on', async (t) => {
  for (const lines of ['', 'list ping_target6 1.1.1.1\n']) {
    const { config, wans, said } = readWan(lines);
    t.strictSame(wans, []);
    t.match(config.wans, [{ name: 'wan', enabled: true }]);
    t.match(said.at(0), /interface 'wan': option ipv6 needs a ping_target6/);
  }
});

tap.test('thresholds of its own', async (t) => {
  const CASES: [option: string, field: string, legal: string][] = [
    ['ping_count', 'count', '7'],
    ['ping_timeout', 'timeout', '9'],
    ['failure_threshold', 'failureThreshold', '4'],
    ['recovery_threshold', 'recoveryThreshold', '8'],
    ['failback_delay', 'failbackDelay', '300'],
    ['reliability', 'reliability', '2'],
  ];
  const two = `${TARGET}list ping_target6 2620:fe::fe\nlist ping_target 8.8.8.8\n`;
  for (const [option, field, legal] of CASES) {
    const both = readWan(`${two}option ${option} ${legal}\n`);
    t.match(both.wans[0], { [field]: Number(legal) }, `${option} is for both`);
    const own = readWan(`${two}option ${option}6 ${legal}\n`);
    t.match(own.wans[0], { [field]: Number(legal) }, `${option}6`);
    t.match(own.config.wans[0], { [field]: makeWan()[field as 'count'] }, `${option}6 is not for IPv4`);
    t.strictSame(own.said, []);
    const wrong = readWan(`${two}option ${option} ${legal}\noption ${option}6 many\n`);
    t.match(wrong.wans[0], { [field]: Number(legal) }, `${option}6 many`);
    t.match(wrong.said, [new RegExp(`line 11: option ${option}6 'many': not a number from .*; ignored`)]);
  }
  t.match(readWan(`${TARGET}option ping_count6 99\n`), { wans: [{ count: 10 }], said: [/using 10/] });
});

tap.test('more targets must answer than there are', async (t) => {
  const own = readWan(`${TARGET}option reliability6 2\n`);
  t.match(own.wans, [{ reliability: 1 }]);
  t.strictSame(own.said, ["f, line 8: option reliability6 '2': more than there are usable targets; using 1"]);
  // What is said of both is meant for who has more.
  const both = readWan(`${TARGET}list ping_target 8.8.8.8\noption reliability 2\n`);
  t.match(both.wans, [{ reliability: 1 }]);
  t.strictSame(both.said, []);
});

tap.test('what is only for the WAN as a whole is not taken in silence', async (t) => {
  for (const name of ['metric6', 'weight6', 'tier6', 'ping_target_6']) {
    t.match(readWan(`${TARGET}option ${name} 1\n`).said, [new RegExp(`option ${name} '1': unknown option; ignored`)]);
  }
});

tap.test('its name and its targets outlive the state file', async (t) => {
  const targets = ['2606:4700:4700::1111', '64:ff9b::808:808'];
  const wan = grouped({
    ...{ name: 'wan/ipv6', targets, failureThreshold: 2, recoveryThreshold: 3, gateway: 'fe80::1', device: 'eth1' },
    ...{ rxBytes: 0, txBytes: 0, lastCheck: 1, failures: 0, successes: 3, falls: 0, rtts: [12, undefined] },
    ...{ asked: targets[1], status: 'up', reason: 'x', statusSince: 1, statusSinceUptime: 1, judged: true },
  });
  const state = {
    ...{ mode: 'failover' as const, timestamp: 1, checkInterval: 10, bootId: 'b', uptime: 1, duration: 1 },
    ...{ changes: 0, exitCode: 0, complaints: [], wans: [wan] },
  };
  t.match(parseState(formatState(state)), { wans: [wan] });
});

tap.test('whatever is written there, it is read', async (t) => {
  const names = ['ipv6', 'ping_target6', 'interface6', 'reliability6', 'ping_count6', 'failback_delay6'];
  const lines = fc.array(fc.tuple(fc.constantFrom(...names), fc.stringMatching(/^[ -&(-~]{0,30}$/)), { maxLength: 6 });
  const property = fc.property(lines, (list) => {
    const { wans } = readWan(TARGET + list.map(([name, text]) => `option ${name} '${text}'\n`).join(''));
    for (const { targets, reliability, interface: name = 'x' } of wans) {
      if (targets.length === 0 || reliability > targets.length) throw new Error('it cannot be up');
      if (!targets.every((target) => /^[\da-f:]+$/.test(target))) throw new Error(`${targets}`);
      if (!/^[\w.-]+$/.test(name)) throw new Error(name);
    }
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 500 }));
});

tap.test('IPv6 alone is read without what reads the rest', async (t) => {
  const sectionsOf = (text: string) => {
    const parsed = parseUci(text);
    if ('text' in parsed) throw new Error(parsed.text);
    return parsed.sections;
  };
  const REST = [
    "config settings\noption ping_target6 '2606::1'",
    'option check_quality 1',
    'option pong 1',
    'config mars',
  ];
  for (const line of ['', ...OPTIONS6.map((name) => `option ${name} 3`), ...REST]) {
    const sections = sectionsOf(`${HEAD}${TARGET}${line}\n`);
    const readers = await readersOf(sections);
    t.equal(readers === more, REST.includes(line), line);
    t.strictSame(readSettings(sections, readers), readSettings(sections, more), `${line}: the same comes of it`);
  }
});
