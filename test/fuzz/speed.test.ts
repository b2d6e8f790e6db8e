import fc from 'fast-check';
import tap from 'tap';
import { fillNexthops, parseObjects } from '../../lib/observe/nexthops.js';
import { parseRoutes } from '../../lib/observe/routes.js';
import { createTape } from '../../lib/replay/tape.js';
import { formatState } from '../../lib/state/format.js';
import { MAX_BYTES } from '../../lib/system/files.js';
import { TRAPS } from './mutate.js';
import { READERS, type Reader, STATE } from './readers.js';

/** Characters that a reader gets: of files the most that is read; of programs a thousand routes, devices or interfaces. */
const MOST = { UCI: MAX_BYTES, state: MAX_BYTES } as Record<string, number>;
const A_THOUSAND = 500_000;
const sizeOf = (reader: string) => MOST[reader] ?? A_THOUSAND;
/** ms of processor time, which other programs do not lengthen as they do the clock's. */
function once(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const YARD = JSON.stringify(Array.from({ length: 38_000 }, (_, i) => ({ id: i, dev: `eth${i % 10}` })));
/** What every machine does at its own speed, some 5 ms here: to read 1 MB of JSON. */
const yard = () => once(() => JSON.parse(YARD));
const YARDSTICK = Math.min(...Array.from({ length: 5 }, yard));
/** ms of processor time: some 150 to 200 here. What is meant is 100. */
const LIMIT = 35 * YARDSTICK;

/**
 * The best of three, and of nine if that is not below the limit, at the speed that the machine had at the beginning: one that has
 * become busy since is slower, which the yardstick tells that is laid beside each.
 */
function costOf(work: () => void, limit: number): number {
  const yards: number[] = [];
  const costs: number[] = [];
  const best = () => (Math.min(...costs) * YARDSTICK) / Math.max(YARDSTICK, Math.min(...yards));
  while (costs.length < 3 || (costs.length < 9 && best() >= limit)) {
    yards.push(yard());
    costs.push(once(work));
  }
  return best();
}

/** The state file is our own, and of 4 kB; some shapes take 220 ms here, more than is meant. */
const limitOf = (reader: string) => (reader === 'state' ? 2 * LIMIT : LIMIT);

/** A beginning, a piece that comes again and again, and an end. */
type Shape = [start: string, piece: string, end?: string];

const fill = ([start, piece, end = '']: Shape, size: number) =>
  start + piece.repeat(Math.ceil(size / piece.length)) + end;
const list = (piece: string): Shape => [`[${piece}`, `,${piece}`, ']'];

const [head = '', section = ''] = formatState({ ...STATE, wans: STATE.wans.slice(0, 1) }).split(/(?=\n\[)/);
const unpromising = head.replace(/^wans=.*\n/m, '');

const SHAPES: Record<string, Shape[]> = {
  'answers of RouterOS by REST': [
    list('{".id":"*A","name":"a","max-limit":"8M"}'),
    ['', '\n200\n'],
    ['', '[]\n200\n'],
    ['[', '{"a":', ']'],
  ],
  'what RouterOS prints': [
    ['', ' 0 X ;;; a\n'],
    [' 0 ', 'a'],
    [' 0 ', 'a="'],
    [' 0 ', 'a=" ', '"'],
    [' 0 X ;;; a\n', '     b=c\n'],
    ['', '#0#\n'],
    ['', ' 0 '],
    ['', '\n'],
  ],
  'what is remembered of RouterOS machines': [['{"version":1,"machines":[1', ',{"machine":{"name":"a"}}', ']}']],
  'marks of nft': [
    ['', 'comment "'],
    ['', 'comment "a"\n'],
    ['', 'Error: '],
    ['', '\n'],
  ],
  UCI: [
    ['', 'config a\n'],
    ['', 'a '],
    ['', 'a\\\n'],
    ['config a\n', 'list x 1\n'],
    ['config settings\n', 'option enabled 1\n'],
    ['', 'config settings\noption enabled 1\n'],
    ['', 'config interface\noption device eth0\nlist ping_target 1.1.1.1\n'],
    ["config interface\nlist ping_target '", '1.1.1.1 ', "'"],
    ["config '", "'\\''"],
    ['config "', '\\a', '"'],
    ['config a\n', "option __proto__ '\n'\n"],
  ],
  state: [
    [unpromising, section],
    [unpromising, 'complaints[]=a\n'],
    [unpromising, '[a]\n'],
    [`${unpromising}\n[`, 'a.', ']'],
    [`${head}${section}ping_target=`, '1.1.1.1, '],
    [`${head}${section}rtts=`, '12345.25, '],
    [`${head}${section}`, '__proto__=1\n'],
    [`${head}${section}reason="`, '\\"', '"'],
  ],
  ping: [
    ['', '1 packets transmitted, '],
    ['1 packets transmitted, 1 received\n', 'time=1.'],
    ['', '\n'],
  ],
  links: [['', '['], list('{"ifname":"a","flags":[]}'), ['', '{"a":']],
  routes: [list('{"dst":"default","dev":"eth1","metric":7,"protocol":"77"}')],
  'nexthop objects': [list('{"id":77,"group":[{"id":77},{"id":77}]}'), list('{"id":1,"dev":"a"}')],
  netifd: [
    ['{"interface":[{}', ',{"interface":"a","route":[{"target":"0.0.0.0","mask":0,"nexthop":"1.1.1.1"}]}', ']}'],
  ],
  rules: [list('{"priority":1,"src":"all","table":"254"}')],
  'routes of other tables': [list('{"dst":"default","dev":"eth1","table":"7701","protocol":"77"}')],
  echoes: [
    ['', '10.3.0.1 : [1], timed out (NaN avg, 100% loss)\n'],
    ['', '64 bytes from 10.3.0.1: icmp_seq=1 ttl=64 time=1 ms\n'],
    ['64 bytes from ', '1'],
    ['', '\n'],
  ],
  CAKE: [
    list('{"kind":"cake","handle":"8001:","root":true}'),
    ['[{"kind":"cake","handle":"8001:","root":true,"tins":[{}', ',{"drops":1}', ']}]'],
  ],
  'samples of history': [
    ['', '\n{"bootId":"b","uptime":1,"wall":1,"lines":[{"wan":"a","state":"up"}]}'],
    ['\n{"bootId":"b","uptime":1,"wall":1,"lines":[1', ',{"wan":"a","state":"up"}', ']}'],
    ['\n{"bootId":"b","uptime":1,"wall":1,"events":[1', ',{"kind":"change","words":"a"}', ']}'],
    ['', '\n'],
  ],
  'answers of sqlite3': [
    list('{"kind":"line","name":"a","begin":60,"length":60,"c0":5}'),
    ['[{"total":1}]', '\n[{"wan_name":"a"}]'],
    ['', ']\n['],
  ],
  'what is remembered of shapers': [
    ['{"version":1,"bootId":"b","lines":[{}', ',{"name":"a","wan":"b","at":1}', ']}'],
    ['{"version":1,"bootId":"b","lines":[{"name":"a","wan":"b","at":1,"problems":[""', ',"a"', ']}]}'],
    ['{"version":1,"bootId":"b","lines":[{"name":"a","wan":"b","at":1,"memory":{"at":1,"samples":[1', ',{}', ']}}]}'],
  ],
  'flows that are steered': [
    ['', 'a b c on live 1.00 - - - 60 - x\n'],
    ['a b c on live 1.00 - - - 60 ', '1.00,', '- x'],
    ['a b c on live 1.00 - - - 60 - ', ' x'],
  ],
  'what control says of lines': [
    ['{"version":1,"bootId":"b","lines":[{}', ',{"name":"a","wan":"b","at":1,"decisions":{"up":{}}}', ']}'],
  ],
  queues: [list('{"kind":"cake","handle":"7700:","dev":"a","root":true,"options":{"overhead":4}}')],
  filters: [
    list('{"pref":7,"options":{"actions":[{"to_dev":"a"}]}}'),
    ['[{"pref":7,"options":{"actions":[1', ',1', ']}}]'],
  ],
  leases: [
    ['', 'routers=1.1.1.1\n'],
    ['ip_address=1.1.1.2\nsubnet_cidr=24\ndomain_name_servers=', '1.1.1.1 '],
  ],
};

for (const { name, read } of READERS) {
  tap.test(`much of one thing, read as ${name}`, async (t) => {
    const shapes = SHAPES[name] ?? [];
    t.ok(shapes.length > 0);
    for (const shape of shapes) {
      const [text, tenth] = [fill(shape, sizeOf(name)), fill(shape, sizeOf(name) / 10)];
      const what = JSON.stringify(shape.map((part = '') => part.slice(-40)));
      const less = costOf(() => read(tenth), limitOf(name) / 10);
      // Below some ms the machine's moods are all that is measured.
      const linear = 20 * Math.max(less, 10);
      const cost = costOf(() => read(text), Math.min(limitOf(name), linear));
      t.ok(cost < limitOf(name), `${cost} ms, not ${limitOf(name)}: ${what}`);
      t.ok(cost < linear, `${cost} ms, and ${less} ms for a tenth: ${what}`);
    }
  });
}

tap.test('much of anything', async (t) => {
  const cheap = READERS.filter(({ name }) => ['UCI', 'state', 'ping'].includes(name));
  const piece = ({ samples }: Reader) =>
    fc.oneof(
      fc
        .tuple(fc.constantFrom(...samples), fc.nat(500), fc.integer({ min: 1, max: 30 }))
        .map(([text, from, length]) => text.slice(from % text.length).slice(0, length)),
      fc.constantFrom(...TRAPS.filter((trap) => trap.length < 100)),
    );
  for (const reader of cheap) {
    const pieces = fc.array(piece(reader), { minLength: 1, maxLength: 3 }).map((some) => some.join(''));
    const property = fc.property(pieces, fc.constantFrom(...reader.samples, ''), (one, start) => {
      const text = fill([start, one], sizeOf(reader.name));
      return costOf(() => reader.read(text), limitOf(reader.name)) < limitOf(reader.name);
    });
    fc.assert(property, { numRuns: 15 });
    t.pass(reader.name);
  }
});

tap.test('many of one kind against many of another', async (t) => {
  const many = Array.from({ length: 20_000 }, (_, i) => i);
  const calls = many.map((i) => ({ call: 'now', answer: i }));
  const routes = parseRoutes(many.map((i) => ({ dst: 'default', metric: i, nhid: i }))) ?? [];
  const objects = parseObjects(many.map((i) => ({ id: i, dev: 'eth1' }))) ?? [];
  const CASES: [string, () => unknown][] = [
    ['a recording of one call, again and again', () => createTape(calls, () => false)('now', Number)],
    ['routes that each lead through an object of their own', () => fillNexthops(routes, objects)],
  ];
  for (const [what, work] of CASES) {
    const cost = costOf(work, LIMIT);
    t.ok(cost < LIMIT, `${what}: ${cost} ms`);
  }
});
