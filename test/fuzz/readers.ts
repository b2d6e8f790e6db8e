import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { rulesBeforeMain } from '../../lib/actuators/routes/rules.js';
import { isIPv4 } from '../../lib/address.js';
import * as more from '../../lib/config/more.js';
import { readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';
import { parseAnswers } from '../../lib/history/answers.js';
import { faultOf, pagesOf } from '../../lib/history/condition.js';
import { readRecords } from '../../lib/history/records.js';
import { formatSample, parseSamples } from '../../lib/history/sample.js';
import { readSeries } from '../../lib/history/series.js';
import { readSummary } from '../../lib/history/summary.js';
import { type Json, parseJson } from '../../lib/json.js';
import type { Nexthop, State } from '../../lib/model.js';
import { readRoot } from '../../lib/observe/cake.js';
import { parseCongestion } from '../../lib/observe/congestion.js';
import { createListener } from '../../lib/observe/echoes.js';
import { parseInterfaces } from '../../lib/observe/interfaces.js';
import { parseLease } from '../../lib/observe/lease.js';
import { parseLinks } from '../../lib/observe/links.js';
import { parseMarks } from '../../lib/observe/marks.js';
import { fillNexthops, parseObjects } from '../../lib/observe/nexthops.js';
import { parseFilters, parseQdiscs } from '../../lib/observe/qdiscs.js';
import { type Item, parsePrint, questionsFor, toSight } from '../../lib/observe/routeros.js';
import { readAnswer, splitAnswers } from '../../lib/observe/routeros-rest.js';
import { readPrinted } from '../../lib/observe/routeros-ssh.js';
import { parseRoutes } from '../../lib/observe/routes.js';
import { parseRules } from '../../lib/observe/rules.js';
import { parseTables } from '../../lib/observe/tables.js';
import { parsePing } from '../../lib/probe/ping.js';
import { formatState } from '../../lib/state/format.js';
import { parseState } from '../../lib/state/parse.js';
import { formatRouteros, parseRouteros } from '../../lib/state/routeros.js';
import { formatShape, parseShape } from '../../lib/state/shape.js';
import { parseSteered } from '../../lib/state/steering.js';
import { flat, grouped } from '../make.js';
import { MACHINE } from '../routeros/driver.js';

/** A function that reads text from outside, real texts of that kind, and what must hold of whatever it makes of any text. */
export interface Reader {
  name: string;
  samples: string[];
  read(text: string): void;
}

const QUESTIONS = questionsFor(MACHINE, []);
const REST = `[{".id":"*A","name":"cake-down","max-limit":"500M","disabled":"false"}]
200
{".id":"*7","comment":"WAN1 default","distance":1,"disabled":true}
200
{"error":404,"message":"Not Found","detail":"no such item"}
404
`;
const PRINTED = `#0#
Flags: X - disabled, I - invalid
 0   name="cake-down" max-limit=800M bytes=1/2 queued-bytes=3
#1#
 0 X  ;;; steer; fast
      chain=prerouting action=mark-routing
#2#
 0  As  ;;; WAN1 default
       dst-address=0.0.0.0/0 gateway="a\\"b" distance=1
`;
const ROUTEROS = formatRouteros({
  bootId: 'b',
  worker: { pid: 7, until: 900.5 },
  machines: [
    {
      machine: MACHINE,
      former: [
        { kind: 'route', name: 'WAN1 default', disabled: false },
        { kind: 'rates', queues: { up: { name: 'u', rate: 1e6 }, down: { name: 'd', rate: 2e6 } } },
      ],
      ...{ at: 700.5, way: 'ssh', detour: { way: 'ssh', until: 800, pause: 30 }, due: 760, failures: 1 },
      ...{
        written: { 'route edge a': 600 },
        pair: { up: 1e6, down: 2e6 },
        last: { at: 600, text: 'x' },
        problems: ['y'],
      },
    },
  ],
});

/** What is read of a RouterOS machine. */
function checkSight(items: Item[]) {
  const { queues, routes, scripts = [] } = toSight(QUESTIONS, [items, items, items, items, items, items]);
  for (const { id, rate, distance } of [...queues, ...routes]) {
    assert(id === '' || /^\*[0-9A-Fa-f]{1,16}$/.test(id));
    assert(rate >= 0 && Number.isFinite(rate) && distance >= 0 && distance < 1000);
  }
  assert(scripts.every(({ place }) => place.length < 100));
}

const sample = (name: string) => readFileSync(`test/samples/${name}`, 'utf8');
const pings = readdirSync('test/samples').filter((name) => name.startsWith('ping-'));

export const UCI = [
  `config settings 'settings'
	option enabled '1'
	option mode 'multiuplink'
	option check_interval '10'
	option notify '/etc/mini-mwan.notify'

config interface 'wan1'
	option device 'eth1'
	option metric '10'
	list ping_target '1.1.1.1'
	list ping_target '8.8.8.8'
	option failback_delay "30"

config interface
	option interface wwan # the LTE modem
	option weight '3'; option reliability 2
	option ping_target '9.9.9.9 8.8.4.4'
`,
  "package mini-mwan\n\nconfig settings\n\toption audit 'emerg'\n\nconfig interface 'a'\n\toption device 'it'\\''s'\n",
  `config interface 'toString'
	option device 'eth1'

config plugin 'constructor'
	option type 'metrics'
	option program '/usr/lib/mini-mwan/plugins/valueOf'
	option interval '60'

config shaper 'hasOwnProperty'
	option interface 'wan1'
	option ifb '1'
	option upload_min '2000'
	option upload_max '20000'
	option overhead '44'
	list reflector '1.1.1.1'

config steering 'hasOwn'
	option primary 'toString'
	option alternate 'toString'
	option dry_run '0'
	list port 'udp:3478-3481'
	list address '192.168.1.0/24'
	list dscp 'EF'
config routeros 'edge'
	option host '10.0.0.1'
	option secret '/etc/s'
	list route 'wan1 WAN1 default'
	option shaper 'hasOwnProperty'
	option download_queue 'valueOf'
	option upload_queue 'u'

config plugin '__proto__'
	option type 'alert'
	option program '/usr/lib/mini-mwan/plugins/mail'
	option constructor '1'
`,
];

const wan = { failures: 0, successes: 3, failureThreshold: 2, recoveryThreshold: 3, falls: 4, rxBytes: 5, txBytes: 7 };
const times = {
  statusSince: 1_700_000_000,
  statusSinceUptime: 100.25,
  lastCheck: 1_700_000_100,
  answeringSince: 90.5,
  lastGood: 95.5,
};
const line = {
  ...wan,
  ...times,
  targets: ['1.1.1.1', '8.8.8.8'],
  rtts: [11.8, undefined],
  judged: true,
  status: 'up' as const,
  reason: 'reply from 1.1.1.1',
};
export const STATE: State = {
  ...{ mode: 'failover', timestamp: 1_700_000_100, checkInterval: 10, bootId: 'b', uptime: 200.5, duration: 212 },
  ...{ changes: 1, exitCode: 0, complaints: ["option metric 'ten': not a number", 'another'] },
  wans: [
    grouped({
      ...line,
      name: 'wan1',
      device: 'eth1',
      gateway: '10.0.1.1',
      latency: 11.8,
      loss: 33.33,
      jitter: 0.05,
      asked: '1.1.1.1',
    }),
    grouped({ ...line, name: 'eth0.2', device: 'eth0.2', interface: 'wan' }),
  ],
};

const OBJECTS = JSON.stringify([
  { id: 7701, gateway: '10.0.1.1', dev: 'eth1', scope: 'link', protocol: '77', flags: [] },
  { id: 77, group: [{ id: 7701, weight: 3 }, { id: 7702 }], type: 'resilient', protocol: '77', flags: [] },
]);
const RULES = JSON.stringify([
  { priority: 0, src: 'all', table: '255' },
  { priority: 1001, src: 'all', fwmark: '0x100', table: '1' },
  { priority: 7701, src: '10.0.0.2', table: '7701', protocol: '77' },
  { priority: 7701, src: 'all', oif: 'eth1', table: '7701', protocol: '77' },
  { priority: 32766, src: 'all', table: '254' },
]);
const TABLES = JSON.stringify([
  {
    type: '1',
    dst: 'default',
    gateway: '10.0.0.1',
    dev: 'eth1',
    table: '7701',
    prefsrc: '10.0.0.2',
    flags: ['onlink'],
  },
]);
const LEASE =
  'ip_address=192.0.2.7\nsubnet_mask=255.255.255.0\nsubnet_cidr=24\nrouters=192.0.2.1\ndhcp_lease_time=60\n';

const STEERED =
  'voice wan wanb on live 120.50 - - 12.30 60 20.00,120.50 wan: RED, 90 ms added\nb wan wanb off dry - 3.00 9.00 - 0 - ';
const FPING = `10.3.0.1 : [1], 64 bytes, 0.117 ms (0.117 avg, 0% loss)
10.3.0.2 : [0], timed out (NaN avg, 100% loss)
ICMP Host Unreachable from 10.2.0.2 for ICMP Echo sent to 10.3.0.2
64 bytes from 10.3.0.1: icmp_seq=2 ttl=64 time=20.2 ms
64 bytes from 10.3.0.1: icmp_seq=5 ttl=64 time=20.4 ms (DUP!)
`;
const CAKE = JSON.stringify([
  { kind: 'ingress', handle: 'ffff:', parent: 'ffff:fff1', options: {} },
  { kind: 'cake', handle: '8001:', root: true, options: { bandwidth: 1249875 } },
]);
const up = { rate: 17_300, colour: 'GREEN', reason: 'it holds', load: 0.93, achieved: 16_000, delay: 3.2 } as const;
const SHAPE = formatShape({
  bootId: 'b',
  worker: { pid: 7, until: 9000 },
  lines: [{ name: 'line', wan: 'wan', at: 5000, quiet: false, problems: ['eth1: no'], decisions: { up } }],
});

const SAMPLES = formatSample({
  bootId: 'b',
  uptime: 12.5,
  wall: 1_790_000_000.25,
  lines: [{ wan: 'wan', state: 'up', rtt: 11.5, jitter: 1, loss: 0, carried: { rx: 1, tx: 2, span: 10_000 } }],
  shaped: [{ wan: 'wan', way: 'up', colour: 'red', rate: 900, delay: 2, load: 80 }],
  events: [
    {
      kind: 'transition',
      wan: 'wan',
      old: 'up',
      new: 'down',
      words: 'no',
      evidence: [{ target: '1.1.1.1', outcome: 'lost' }],
    },
  ],
});
/** As sqlite3 prints it, of each question. */
const ANSWERS = [
  '[{"total":1}]\n[{"timestamp":"2026-01-01T00:00:00Z","wan_name":"a","metric_name":"state","value":3,"labels":"{\\"worst\\":\\"down\\"}","granularity":60}]',
  '[{"kind":"line","name":"a","begin":60,"length":60,"c0":5,"c3":1,"rtt_ms":11.5,"least":10,"most":20},\n{"kind":"shaped","name":"a","way":1,"begin":60,"length":60,"c0":1,"rate":900}]',
  '[{"kind":"event","what":"transition","at":60,"wan":"a","old":"up","new":"down","words":"no","evidence":"[{\\"target\\":\\"b\\",\\"outcome\\":\\"lost\\"}]"}]',
  '[{"metric":"rtt_ms","name":"a","low":1,"high":3,"average":2,"p50":2,"p95":3,"p99":3},{"metric":"state","name":"a","s0":0.5,"s3":0.5}]',
  '[{"kind":"check","words":"ok"}]\n[{"kind":"pages","pages":10,"free":2,"size":4096,"saved":"b 12.5"}]',
];

const NFT =
  'table inet mini_mwan {\n\tchain answers {\n\t\tct mark 0x01000000/8 accept comment "out by eth1"\n\t}\n}\n';

const QDISCS = JSON.stringify([
  { kind: 'mq', handle: '0:', dev: 'eth0', root: true, options: {} },
  {
    kind: 'cake',
    handle: '7700:',
    dev: 'eth1',
    root: true,
    options: { bandwidth: 2500000, diffserv: 'diffserv3', nat: true, raw: false, atm: 'atm', overhead: 44, mpu: 64 },
  },
  { kind: 'cake', handle: '8001:', dev: 'ifb4eth1', root: true, options: { bandwidth: 'unlimited', raw: true } },
  { kind: 'ingress', handle: 'ffff:', dev: 'eth1', parent: 'ffff:fff1', options: {} },
]);
const FILTERS = JSON.stringify([
  { protocol: 'all', pref: 7700, kind: 'matchall', chain: 0 },
  { protocol: 'all', pref: 7700, kind: 'matchall', options: { actions: [{ kind: 'mirred', to_dev: 'mwan-eth1' }] } },
]);

export const LINKS = sample('ip-j-addr.json');
export const ROUTES = sample('ip-j-route-main.json');
export const DUMP = sample('network.interface.dump.json');

/** A name that no screen and no batch of commands takes for more. */
function isName(text: string | undefined): void {
  assert(text === undefined || /^[!-~]*$/.test(text), JSON.stringify(text));
}

const checkHop = (hop: Nexthop) => {
  isName(hop.device);
  isName(hop.gateway);
  assert(hop.weight >= 0);
};

const json = (read: (value: Json) => void) => (text: string) => read(parseJson(text));

export const READERS: Reader[] = [
  {
    name: 'UCI',
    samples: UCI,
    read: (text) => {
      const result = parseUci(text);
      if ('text' in result) {
        assert(result.text !== '' && result.line >= 1 && result.line <= text.split('\n').length);
        return;
      }
      const { config, problems } = readSettings(result.sections, more);
      const names = config.wans.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length);
      assert(problems.every((problem) => problem.text !== ''));
      for (const { rates, wan } of config.shapers ?? []) {
        const { min = 64, max = 10_000_000 } = rates.up ?? {};
        assert(min >= 64 && min <= max && max <= 10_000_000 && names.includes(wan));
      }
      for (const { primary, alternate, match } of config.steering ?? []) {
        assert(primary !== alternate && [primary, alternate].every((name) => names.includes(name)));
        assert(match.ports.every(({ first, last }) => first >= 1 && first <= last && last <= 65_535));
        assert(match.addresses.every((text) => isIPv4(text.replace(/\/\d+$/, ''))));
      }
      for (const { metric, weight, targets, reliability, timeout, count, enabled } of config.wans) {
        assert(metric >= 1 && metric <= 899 && weight >= 1 && weight <= 100 && timeout <= 30 && count <= 10);
        assert(!enabled || (targets.length >= 1 && reliability <= targets.length));
      }
    },
  },
  {
    name: 'state',
    samples: [formatState(STATE), formatState({ ...STATE, wans: [] })],
    read: (text) => {
      const state = parseState(text);
      if (!state) return;
      for (const { name, device, gateway, asked } of state.wans.map(flat)) {
        for (const word of [name, device, gateway, asked]) isName(word);
      }
      // What was read is written and read again without a loss.
      const written = formatState(state);
      const again = parseState(written);
      assert(again, written);
      assert.equal(formatState(again), written);
    },
  },
  {
    name: 'ping',
    samples: pings.map(sample),
    read: (text) => {
      const { rtt = 0 } = parsePing(text) ?? {};
      assert(rtt >= 0 && rtt < 1e9);
    },
  },
  {
    name: 'links',
    samples: [LINKS],
    read: json((value) => {
      for (const { device, rxBytes } of parseLinks(value) ?? []) {
        isName(device);
        assert(rxBytes >= 0 && Number.isFinite(rxBytes));
      }
    }),
  },
  {
    name: 'routes',
    samples: [ROUTES],
    read: json((value) => {
      for (const { destination, protocol, type, nexthops } of parseRoutes(value) ?? []) {
        for (const word of [destination, protocol, type]) isName(word);
        nexthops.forEach(checkHop);
      }
    }),
  },
  {
    name: 'nexthop objects',
    samples: [OBJECTS],
    read: json((value) => {
      const objects = parseObjects(value) ?? [];
      const routes = parseRoutes([{ dst: 'default', nhid: 77 }]) ?? [];
      for (const { nexthops } of fillNexthops(routes, objects)) nexthops.forEach(checkHop);
    }),
  },
  {
    name: 'netifd',
    samples: [DUMP],
    read: json((value) => {
      for (const { name, l3Device, defaultRoute, metric } of parseInterfaces(value) ?? []) {
        for (const word of [name, l3Device, defaultRoute?.gateway]) isName(word);
        assert(metric >= 0);
      }
    }),
  },
  {
    name: 'rules',
    samples: [RULES],
    read: json((value) => {
      for (const { priority } of rulesBeforeMain(parseRules(value) ?? [])) assert(priority >= 0);
      for (const { from, oif, protocol } of parseRules(value) ?? []) [from, oif, protocol].forEach(isName);
    }),
  },
  {
    name: 'routes of other tables',
    samples: [TABLES],
    read: json((value) => {
      for (const { table, destination, nexthops } of parseTables(value, '77') ?? []) {
        for (const word of [table, destination]) isName(word);
        nexthops.forEach(checkHop);
      }
    }),
  },
  {
    name: 'echoes',
    samples: [FPING],
    read: (text) => {
      const reflectors = ['10.3.0.1', '10.3.0.2'];
      for (const { reflector, at, rtt = 0 } of createListener(reflectors)(text, 5000)) {
        assert(reflectors.includes(reflector) && at === 5000 && rtt >= 0 && rtt < 1e9);
      }
    },
  },
  {
    name: 'CAKE',
    samples: [CAKE],
    read: (text) => {
      const root = readRoot(text);
      if (root?.kind === 'other') isName(root.name);
      if (!root || root.kind === 'other') return;
      assert(/^[0-9a-f]{1,4}:$/.test(root.handle));
      assert(root.rate === undefined || (root.rate > 0 && Number.isFinite(root.rate)));
    },
  },
  {
    name: 'samples of history',
    samples: [SAMPLES],
    read: (text) => {
      const found = parseSamples(text);
      assert.deepEqual(parseSamples(found.map(formatSample).join('')), found);
      for (const { uptime, wall, lines, shaped, events } of found) {
        const numbers = lines.flatMap(({ rtt = 0, jitter = 0, loss = 0, carried }) => [
          rtt,
          jitter,
          loss,
          carried?.rx ?? 0,
        ]);
        const rates = shaped.flatMap(({ rate, delay, load }) => [rate, delay, load]);
        for (const value of [uptime, wall, ...numbers, ...rates]) assert(value >= 0 && value <= 1e13);
        for (const { words } of events) assert(words.length <= 400);
      }
    },
  },
  {
    name: 'answers of sqlite3',
    samples: ANSWERS,
    read: (text) => {
      const rows = (parseAnswers(text) ?? []).flat();
      for (const { points } of readSeries(rows).series)
        for (const { at, seconds, seen, values } of points)
          assert(
            [at, seconds, ...seen, ...Object.values(values)].every((value) => value >= 0 && Number.isFinite(value)),
          );
      for (const { min, max, average } of readSummary(rows).figures) assert([min, max, average].every(Number.isFinite));
      for (const { value } of readRecords(rows)) assert(Number.isFinite(value));
      const { used = 0 } = pagesOf(text) ?? {};
      assert(!Number.isNaN(used));
      assert(faultOf(text) !== 'ok');
    },
  },
  {
    name: 'what is remembered of shapers',
    samples: [SHAPE],
    read: (text) => {
      const state = parseShape(text, 'b');
      if (!state) return;
      for (const { name, wan, decisions } of state.lines) {
        isName(name);
        isName(wan);
        for (const { rate, load, delay } of Object.values(decisions)) assert(rate > 0 && load >= 0 && delay >= 0);
      }
      assert.equal(formatShape(parseShape(formatShape(state), 'b') ?? { bootId: '', lines: [] }), formatShape(state));
    },
  },
  {
    name: 'answers of RouterOS by REST',
    samples: [REST.split('\n')[0] ?? '', REST],
    read: (text) => {
      const answers = splitAnswers(text);
      for (const answer of [...answers, { status: 200, body: text }]) {
        const items = readAnswer(answer);
        if (Array.isArray(items)) checkSight(items);
        else assert(items.text !== '' && items.text.length < 400);
      }
    },
  },
  {
    name: 'what RouterOS prints',
    samples: [PRINTED],
    read: (text) => {
      checkSight(parsePrint(text));
      const read = readPrinted(QUESTIONS, text);
      assert.equal(read.length, QUESTIONS.length);
    },
  },
  {
    name: 'what is remembered of RouterOS machines',
    samples: [ROUTEROS],
    read: (text) => {
      const state = parseRouteros(text, 'b');
      if (!state) return;
      for (const { machine, former, problems } of state.machines) {
        assert(/^[\w-]+$/.test(machine.name) && /^[A-Za-z0-9.:-]+$/.test(machine.host) && machine.ways.length > 0);
        const names = [
          ...machine.routes.map(({ comment }) => comment),
          ...former.flatMap((one) => ('name' in one ? [one.name] : [])),
        ];
        // What reaches RouterOS' own language has none of its signs.
        for (const name of names) assert(!/["\\$[\]\n]/.test(name));
        for (const file of [machine.rest?.secret, machine.ssh?.key])
          assert(file === undefined || /^\/[\w.@+/-]+$/.test(file));
        assert(problems.every((line) => typeof line === 'string'));
      }
      assert.equal(
        formatRouteros(parseRouteros(formatRouteros(state), 'b') ?? { bootId: '', machines: [] }),
        formatRouteros(state),
      );
    },
  },
  {
    name: 'flows that are steered',
    samples: [STEERED],
    read: (text) => {
      for (const { primary, alternate, score, toggles, ...times } of parseSteered(text.split('\n'))) {
        isName(primary);
        isName(alternate);
        assert(score >= 0 && score <= 100 && toggles.length <= 9);
        for (const time of [...toggles, times.since ?? 0, times.base ?? 0]) assert(time >= 0 && Number.isFinite(time));
      }
    },
  },
  {
    name: 'what control says of lines',
    samples: [SHAPE],
    read: (text) => {
      for (const { wan, at, delay } of parseCongestion(text)) {
        isName(wan);
        assert(Number.isFinite(at) && delay >= 0 && Number.isFinite(delay));
      }
    },
  },
  {
    name: 'marks of nft',
    samples: [NFT],
    read: (text) => {
      for (const exitCode of [0, 1]) {
        const { comments = [], obstacle = '' } = parseMarks({ stdout: text, stderr: text, exitCode });
        assert([...comments, obstacle].every((line) => !line.includes('\n')));
      }
    },
  },
  {
    name: 'queues',
    samples: [QDISCS],
    read: json((value) => {
      const { roots = [], arrivals = [] } = parseQdiscs(value) ?? {};
      for (const { device, kind, handle, rate = 1, words = [] } of roots) {
        for (const word of [device, kind, ...words]) isName(word);
        assert(/^([0-9a-f]{1,4}|\?):$/.test(handle) && rate >= 0 && Number.isFinite(rate));
      }
      for (const { device } of arrivals) isName(device);
    }),
  },
  {
    name: 'filters',
    samples: [FILTERS],
    read: json((value) => {
      for (const { preference, to } of parseFilters(value) ?? []) {
        isName(to);
        assert(preference >= 0);
      }
    }),
  },
  {
    name: 'leases',
    samples: [LEASE],
    read: (text) => {
      const { address, gateway, dns = [] } = parseLease(text) ?? {};
      for (const word of [address, gateway, ...dns]) assert(word === undefined || isIPv4(word));
    },
  },
];
