import fc from 'fast-check';
import tap from 'tap';
import * as more from '../../lib/config/more.js';
import { readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';
import { splitTarget } from '../../lib/method.js';
import type { Wan } from '../../lib/model.js';
import { problemText } from '../../lib/report/words.js';
import { formatState } from '../../lib/state/format.js';
import { parseState } from '../../lib/state/parse.js';
import { hostOf } from '../../lib/target.js';
import { grouped } from '../make.js';

/** A WAN with these lines from line 5 on, and what is wrong with it, in words. */
function readWan(lines: string) {
  const parsed = parseUci(`config settings\noption enabled 1\nconfig interface wan\noption device eth1\n${lines}`);
  if ('text' in parsed) throw new Error(parsed.text);
  const { config, problems } = readSettings(parsed.sections, more);
  return { ...(config.wans[0] as Wan), said: problems.map((problem) => problemText(problem, 'f')) };
}

const FORMS =
  'no target (an IPv4 address, or as http://192.0.2.1/path, https://…, tcp://192.0.2.1:443, dns://192.0.2.1/example.com, arping://192.0.2.1; names are not looked up in a probe); ignored';

tap.test('how a target is asked', async (t) => {
  const CASES: [target: string, read: string, method?: string][] = [
    ['1.1.1.1', '1.1.1.1'],
    ['ping://1.1.1.1', '1.1.1.1'],
    ['ping://1.1.1.1', '1.1.1.1', 'http'],
    ['1.1.1.1', '1.1.1.1', 'ping'],
    ...['http', 'https', 'tcp', 'dns', 'arping'].flatMap((method): [string, string, string?][] => [
      ['1.1.1.1', `${method}://1.1.1.1`, method],
      [`${method}://1.1.1.1`, `${method}://1.1.1.1`],
      [`${method}://1.1.1.1`, `${method}://1.1.1.1`, 'tcp'],
    ]),
    ...['http', 'https', 'tcp', 'dns'].flatMap((method): [string, string, string?][] => [
      [`${method}://1.1.1.1:65535`, `${method}://1.1.1.1:65535`],
      ['1.1.1.1:1', `${method}://1.1.1.1:1`, method],
    ]),
    ['1.1.1.1', 'http://1.1.1.1', 'httping'],
    ['1.1.1.1', 'dns://1.1.1.1', 'nslookup'],
    ['httping://1.1.1.1/', 'http://1.1.1.1/'],
    ['arp://192.168.1.1', 'arping://192.168.1.1'],
    ['1.1.1.1/generate_204', 'http://1.1.1.1/generate_204', 'http'],
    ['https://1.1.1.1:8443/a/b?c%3Dd&e~f', 'https://1.1.1.1:8443/a/b?c%3Dd&e~f'],
    ['http://1.1.1.1/redirect?to:http://x', 'http://1.1.1.1/redirect?to:http://x'],
    ['dns://1.1.1.1/', 'dns://1.1.1.1/'],
    ['dns://1.1.1.1:53/_a-b.example.com', 'dns://1.1.1.1:53/_a-b.example.com'],
    [`dns://1.1.1.1/${'a'.repeat(63)}.b`, `dns://1.1.1.1/${'a'.repeat(63)}.b`],
  ];
  for (const [target, read, method] of CASES) {
    const option = method === undefined ? '' : `\noption track_method ${method}`;
    const { targets, said } = readWan(`list ping_target '${target}'${option}`);
    t.strictSame([targets, said], [[read], []], `${target} by ${method}`);
    t.equal(hostOf(read), /\d+\.\d+\.\d+\.\d+/.exec(read)?.[0], read);
    t.equal(splitTarget(read)?.host, hostOf(read), read);
  }
});

tap.test('what is no target', async (t) => {
  const BAD = [
    ...[
      'ftp://1.1.1.1',
      '://1.1.1.1',
      'http:1.1.1.1',
      'HTTP://1.1.1.1',
      'constructor://1.1.1.1',
      'http://http://1.1.1.1',
    ],
    ...[
      'http://example.com/',
      'https://::1/',
      'http://1.1.1.1@2.2.2.2/',
      'http://127.0.0.1/',
      'tcp://256.1.1.1',
      'dns://1.1.1',
    ],
    ...[
      'tcp://1.1.1.1:0',
      'tcp://1.1.1.1:65536',
      'tcp://1.1.1.1:',
      'tcp://1.1.1.1:x',
      'tcp://1.1.1.1/',
      'tcp://1.1.1.1,a',
    ],
    ...['ping://1.1.1.1:1', 'arping://1.1.1.1:1', 'ping://1.1.1.1/', 'arping://1.1.1.1/a'],
    ...[
      'http://1.1.1.1/a=b',
      'http://1.1.1.1/a,b',
      'http://1.1.1.1/#a',
      'http://1.1.1.1/ä',
      `http://1.1.1.1/${'a'.repeat(201)}`,
    ],
    ...[
      'dns://1.1.1.1/a..b',
      'dns://1.1.1.1/.',
      'dns://1.1.1.1/-a',
      'dns://1.1.1.1/a/b',
      `dns://1.1.1.1/${'a'.repeat(64)}`,
    ],
  ];
  for (const target of BAD) {
    const { targets, said } = readWan(`list ping_target '9.9.9.9'\nlist ping_target '${target}'`);
    const shown = target.length > 60 ? `${target.slice(0, 60)}…` : target;
    const what = target.includes('://')
      ? FORMS
      : 'not the IPv4 address of a host (names are not looked up in a probe); ignored';
    t.strictSame([targets, said], [['9.9.9.9'], [`f, line 6: option ping_target '${shown}': ${what}`]]);
  }
  t.strictSame(readWan("option track_method tcp\nlist ping_target '1.1.1.1 name'").said, [
    `f, line 6: option ping_target 'name': ${FORMS}`,
  ]);
});

tap.test('one target, by whatever words', async (t) => {
  const { targets, said } = readWan(
    "option ping_target '1.1.1.1 ping://1.1.1.1 tcp://1.1.1.1 dns://1.1.1.1'\noption reliability 4",
  );
  t.strictSame(targets, ['1.1.1.1', 'tcp://1.1.1.1', 'dns://1.1.1.1']);
  t.match(said, [/'ping:\/\/1.1.1.1': named twice/, /'4': more than there are usable targets; using 3/]);
});

tap.test('a method that is none', async (t) => {
  for (const method of ['icmp', 'HTTP', 'toString', 'nping-tcp']) {
    const { targets, said } = readWan(`option ping_target 1.1.1.1\noption track_method ${method}`);
    const legal = 'not ping or http or https or tcp or dns or arping; using ping';
    t.strictSame([targets, said], [['1.1.1.1'], [`f, line 6: option track_method '${method}': ${legal}`]]);
  }
});

tap.test('what a web server must answer', async (t) => {
  const URL = "list ping_target 'http://1.1.1.1/'\n";
  const CASES: [text: string, http: Wan['http'], said?: string][] = [
    ['', undefined],
    ['option http_status 204', { status: 204 }],
    ['option http_text \'All is well: "yes" = 1\'', { text: 'All is well: "yes" = 1' }],
    ['option http_host example.com', { host: 'example.com' }],
    ['option http_status 100\noption http_text a\noption http_host a', { status: 100, text: 'a', host: 'a' }],
    ['option http_status 99', undefined, "http_status '99': not a number from 100 to 599; ignored"],
    ['option http_status ok', undefined, "http_status 'ok': not a number from 100 to 599; ignored"],
    ['option http_text ä', undefined, "http_text 'ä': not a text of 1 to 200 characters of ASCII; ignored"],
    ['option http_host a:80', undefined, "http_host 'a:80': not the name of a host; ignored"],
    ["option http_host '-x'", undefined, "http_host '-x': not the name of a host; ignored"],
    ["option http_host 'a b'", undefined, "http_host 'a b': not the name of a host; ignored"],
  ];
  for (const [text, http, said] of CASES) {
    const wan = readWan(URL + text);
    t.strictSame([wan.http, wan.said], [http, said === undefined ? [] : [`f, line 6: option ${said}`]], text);
  }
  const { http, said } = readWan('option ping_target 1.1.1.1\noption http_status 204\noption http_host a');
  t.equal(http, undefined);
  t.strictSame(said, [
    "f, line 6: option http_status '204': no target here is asked by http or https; ignored",
    "f, line 7: option http_host 'a': no target here is asked by http or https; ignored",
  ]);
});

tap.test('whatever is taken for a target comes back from the state file, on a line that LuCI can read', async (t) => {
  const words = (text: string) => fc.constantFrom(...text.split(' '));
  const parts = fc.tuple(
    words(' http:// https:// tcp:// dns:// ping:// arp:// ftp://'),
    words('1.1.1.1 8.8.8.8 4.4.4.4 127.0.0.1'),
    words(' :443 :0 :'),
    words(' / /a /a,b /a%20?b&c /a=b /a;b /a#b /a" /[a] /a@b.-'),
  );
  const text = parts.map((all) => all.join(''));
  let taken = 0;
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), fc.constantFrom('ping', 'http', 'tcp', 'dns'), (texts, method) => {
      const lines = texts.filter((one) => !/['\\]/.test(one)).map((one) => `list ping_target '${one}'`);
      const { targets } = readWan([`option track_method ${method}`, 'list ping_target 9.9.9.9', ...lines].join('\n'));
      taken += targets.length - 1;
      const wan = grouped({
        ...{ name: 'wan', targets, asked: targets.at(-1), status: 'up', reason: '', rtts: [], judged: true },
        ...{ failures: 0, successes: 0, falls: 0, failureThreshold: 2, recoveryThreshold: 3, rxBytes: 0, txBytes: 0 },
        ...{ lastCheck: 0, statusSince: 0, statusSinceUptime: 0 },
      });
      const state = { mode: 'failover' as const, timestamp: 1, checkInterval: 10, bootId: 'b', uptime: 1, duration: 1 };
      const written = formatState({ ...state, changes: 0, exitCode: 0, complaints: [], wans: [wan] });
      const [read] = parseState(written)?.wans ?? [];
      const luci = written
        .split('\n')
        .filter((line) => line.split('=').length === 2 && line.startsWith('ping_target='));
      return (
        JSON.stringify(read?.configured.targets) === JSON.stringify(targets) &&
        read?.counted.asked === targets.at(-1) &&
        luci.length === 1
      );
    }),
    { numRuns: 500 },
  );
  t.ok(taken > 50, `${taken} beside the usual one`);
});
