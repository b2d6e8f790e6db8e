import { readFileSync } from 'node:fs';
import tap from 'tap';
import { EXIT } from '../../lib/explain.js';
import type { Config } from '../../lib/model.js';
import { linux, observe } from '../../lib/platform/linux.js';
import { openwrt } from '../../lib/platform/openwrt.js';
import { EXCESS, type Finished } from '../../lib/system/exec.js';
import { Machine } from '../machine.js';
import { makeConfig, makeWan } from '../make.js';

const sample = (name: string) => readFileSync(`test/samples/${name}`, 'utf8').trim();
const LINKS = sample('ip-j-addr.json');
const ROUTES = sample('ip-j-route-main.json');
const RULES = '[{"priority":0,"src":"all","table":"255"},{"priority":32766,"src":"all","table":"254"}]';
const lines = (...answers: string[]) => answers.map((answer) => `${answer}\n`).join('');

/** A machine whose `ip` answers so. */
function withIp(ip: (input: string) => Partial<Finished>): Machine {
  const machine = new Machine();
  machine.programs.ip = (_, { input = '' }) => ip(input);
  return machine;
}

const toolsOf = ({ engine, exec }: Machine) => ({ engine, exec });
/** Nothing is asked for that not every round needs. */
const PLAIN = makeConfig([makeWan()]);
const look = (ip: (input: string) => Partial<Finished>) => linux(toolsOf(withIp(ip))).observe(PLAIN);

tap.test('links, routes, rules and objects, by one ip', async (t) => {
  let calls = 0;
  const seen = await look(() => {
    calls += 1;
    return { stdout: lines(LINKS, ROUTES, RULES, '[]') };
  });
  t.equal(calls, 1);
  t.ok(seen.links.length > 1 && seen.routes.length > 1);
  t.match(seen, { objects: [], rules: [{ priority: 32766, main: true }], blind: [] });
  t.notOk(seen.partial);
});

tap.test('an ip or a kernel that does not know the last questions stops nobody', async (t) => {
  const CASES: [what: string, answer: Partial<Finished>, rules: boolean, objects: boolean][] = [
    [
      'no objects',
      { stdout: lines(LINKS, ROUTES, RULES, '[]'), exitCode: 1, stderr: 'Command failed -:4' },
      true,
      false,
    ],
    ['no rules', { stdout: lines(LINKS, ROUTES), exitCode: 1, stderr: 'Command failed -:3' }, false, false],
    ['odd rules', { stdout: lines(LINKS, ROUTES, 'odd', '[]') }, false, true],
  ];
  for (const [what, answer, rules, objects] of CASES) {
    const seen = await look(() => answer);
    t.ok(seen.links.length > 1 && seen.routes.length > 1, what);
    t.equal(seen.rules !== undefined, rules, what);
    t.equal(seen.objects !== undefined, objects, what);
  }
});

tap.test('what else an ip is asked comes behind all that, and need not be answered', async (t) => {
  const inputs: string[] = [];
  const machine = withIp((input) => {
    inputs.push(input);
    return { stdout: lines(LINKS, ROUTES, RULES, '[]', '[{"dst":"default","table":"7701"}]', '[]') };
  });
  const { seen, answers } = await observe(machine.exec, ['one', 'two']);
  t.strictSame(answers, [[{ dst: 'default', table: '7701' }], []]);
  t.strictSame(seen, await linux(toolsOf(machine)).observe(PLAIN));
  t.equal(inputs[0], `${inputs[1]}one\ntwo\n`);
  const small = withIp(() => ({ stdout: lines(LINKS, ROUTES, RULES), exitCode: 1, stderr: 'Command failed -:4' }));
  t.notOk((await observe(small.exec, ['one'])).answers[0]);
});

tap.test('what keeps it from being used is said, with what to do', async (t) => {
  const CASES: [what: string, answer: Partial<Finished>, message: RegExp, remedy: RegExp][] = [
    ['no ip', { failure: 'not found' }, /^the program 'ip' is not there; nothing was changed$/, /ip-full/],
    ['none to start', { failure: 'not executable' }, /^the program 'ip' is not there/, /ip-full/],
    ['that of BusyBox', { exitCode: 1, stderr: 'ip: invalid option -- j' }, /knows no -json \(BusyBox/, /ip-full/],
    [
      'it does not end',
      { failure: 'no end after 10 s' },
      /could not be used: no end after 10 s; nothing/,
      /^try: ip -j/,
    ],
    ['and how it calls itself', { exitCode: 1, stderr: 'BusyBox v1.36.1' }, /knows no -json/, /ip-full/],
    ['it fails', { exitCode: 1, stderr: 'No\x1b[2J\nmore' }, /could not be used: exit 1; nothing/, /^No\?\[2J$/],
    ['no routes', { stdout: lines(LINKS, '[]'), exitCode: 1, stderr: 'Command failed -:2' }, /: exit 1;/, /try/],
    ['no JSON', { stdout: 'eth0: up\n' }, /: printed what is not JSON of links and routes;/, /^eth0: up$/],
  ];
  for (const [what, answer, message, remedy] of CASES) {
    const error = await look(() => answer).catch((thrown) => thrown);
    t.match(error, { exitCode: EXIT.cannotRun, message }, what);
    t.match(
      error.remedy.find((line: string) => remedy.test(line)),
      remedy,
      what,
    );
  }
});

tap.test('of a table that is too long, only what leads to large parts of the Internet', async (t) => {
  const asked: string[] = [];
  const seen = await look((input) => {
    asked.push(input);
    if (asked.length === 1) return { failure: EXCESS };
    return {
      stdout: input
        .split('\n')
        .filter(Boolean)
        .map((line) => `${answerTo(line)}\n`)
        .join(''),
    };
  });
  t.equal(asked.length, 2);
  t.equal(seen.partial, true);
  t.strictSame(seen.routes.map(({ destination }) => destination).sort(), ['128.0.0.0/1', 'default'], 'each once');
  let more = 0;
  const unanswered = look(() => (++more === 1 ? { failure: EXCESS } : { stdout: lines(LINKS, '[]', 'odd') }));
  await t.rejects(unanswered, { message: /could not be used/ }, 'half an answer is none');
});

function answerTo(line: string): string {
  if (line === 'addr show') return LINKS;
  if (!line.startsWith('route')) return '[]';
  const half = line.includes(' 128.0.0.0') ? [{ dst: '128.0.0.0/1', dev: 'eth1' }] : [];
  return JSON.stringify([{ dst: 'default', gateway: '10.0.1.1', dev: 'eth1' }, ...half]);
}

tap.test('on OpenWrt netifd is asked, too, and no more once it was silent', async (t) => {
  const dump = sample('network.interface.dump.json');
  const CASES: [what: string, answer: Partial<Finished>, blind: RegExp | undefined][] = [
    ['it answers', { stdout: dump }, undefined],
    [
      'it is not there',
      { exitCode: 4, stderr: 'Command failed: Not found\n' },
      /dump: Command failed: Not found\); gateways/,
    ],
    ['it says nothing of why', { exitCode: 4, stdout: dump }, /dump: exit 4\)/],
    ['it does not end', { failure: 'no end after 5 s' }, /dump: no end after 5 s\)/],
    ['it answers oddly', { stdout: '{}' }, /dump: its answer is not understood\)/],
  ];
  for (const [what, answer, blind] of CASES) {
    const machine = withIp(() => ({ stdout: lines(LINKS, ROUTES, RULES, '[]') }));
    let calls = 0;
    machine.programs.ubus = () => {
      calls += 1;
      return answer;
    };
    const platform = openwrt(toolsOf(machine));
    for (let i = 1; i <= 3; i++) {
      const seen = await platform.observe(PLAIN);
      t.equal(seen.interfaces !== undefined, blind === undefined, what);
      t.match(seen.blind, blind ? [blind] : [], what);
      t.equal(seen.blind.length, blind ? 1 : 0, what);
      t.equal(calls, blind ? 1 : i, what);
    }
  }
});

tap.test('each system has its own words', async (t) => {
  const tools = toolsOf(new Machine());
  const words = (platform: typeof linux) => platform(tools).words({ section: 'settings', set: [['enabled', 1]] });
  t.match(await words(openwrt), [/^uci set /]);
  t.match(await words(linux), [/^in the section settings: /]);
});

tap.test('where WireGuard leads', async (t) => {
  const machine = new Machine();
  t.strictSame([...(await linux(toolsOf(machine)).servers())], [], 'nowhere without its program');
  machine.programs.wg = () => ({ stdout: 'wg0\tkey\t198.51.100.7:51820\n' });
  t.strictSame([...(await linux(toolsOf(machine)).servers())], [['wg0', '198.51.100.7']]);
});

tap.test(
  'tables and marks are looked at where an option asks, where nobody says, or where rules of ours are left',
  async (t) => {
    const inbound = makeConfig([makeWan({ inbound: { table: 7700, mark: 16, mask: 240 } })]);
    const left = RULES.replace(
      ']',
      ',{"priority":770,"src":"all","fwmark":"0x10","fwmask":"0xf0","table":"254","protocol":"77"}]',
    );
    const CASES: [what: string, config: typeof PLAIN | undefined, rules: string, further: boolean][] = [
      ['nobody asks', PLAIN, RULES, false],
      ['an option', inbound, RULES, true],
      ['no configuration', undefined, RULES, true],
      ['something is left', PLAIN, left, true],
    ];
    for (const [what, config, rules, further] of CASES) {
      const asked: string[] = [];
      const machine = new Machine();
      machine.programs.ip = ([family]) => {
        // What is left of IPv6 is looked for, too, where nobody says.
        if (family === '-6') return { stdout: lines('[]', '[]') };
        asked.push('ip');
        const isFirst = asked.filter((program) => program === 'ip').length === 1;
        const further = ['[{"dst":"default","dev":"eth1","table":"7700"}]', '[]', 'add_addr_accepted 0 subflows 2'];
        return { stdout: isFirst ? lines(LINKS, ROUTES, rules, '[]') : lines(...further) };
      };
      machine.programs.nft = ([first, , family]) => {
        if (family !== 'ip6') asked.push(`nft ${first}`);
        return { exitCode: 1, stderr: `Error: ${first === 'list' ? 'No such file or directory' : 'no'}` };
      };
      const platform = linux(toolsOf(machine));
      const seen = await platform.observe(config);
      const tries = config === inbound;
      t.strictSame(asked.sort(), further ? ['ip', 'ip', ...(tries ? ['nft -c'] : []), 'nft list'] : ['ip'], what);
      const marks = tries ? { refusal: 'Error: no' } : {};
      t.strictSame([seen.tables?.[0]?.table, seen.marks], further ? ['7700', marks] : [undefined, undefined], what);
      t.strictSame(seen.mptcp, further ? { endpoints: [], subflows: 2 } : undefined, what);
      t.equal((await platform.actuators(config, seen)).length, further ? (config ? 3 : 8) : 1, what);
    }
  },
);

tap.test('queues are looked at where a line is shaped, or something of that is left', async (t) => {
  const link = (more: object) => JSON.stringify([{ ifname: 'eth1', flags: ['UP'], ...more }]);
  const shapers = [{ name: 's', wan: 'wan1', rates: { up: {} }, reflectors: [] }];
  const shaped = makeConfig([makeWan()], { shapers });
  const kept = '{"eth1":{"handle":"7700:"}}';
  const CASES: [what: string, config: Config | undefined, link: object, kept: string | undefined, asked: boolean][] = [
    ['nobody asks', PLAIN, {}, undefined, false],
    ['somebody asks', shaped, {}, undefined, true],
    ['somebody wants to know all', undefined, {}, undefined, true],
    ['sqm-scripts are there', PLAIN, { qdisc: 'cake' }, undefined, false],
    ['CAKE of ours is left', PLAIN, { qdisc: 'cake' }, kept, true],
    ['it is gone meanwhile', PLAIN, { qdisc: 'fq_codel' }, kept, false],
    ['a device of ours is left', PLAIN, { group: '7700' }, undefined, true],
    ['a group of somebody else', PLAIN, { group: '7' }, kept, false],
  ];
  for (const [what, config, more, text, asked] of CASES) {
    const machine = withIp(() => ({ stdout: lines(link(more), '[]', RULES, '[]') }));
    let calls = 0;
    machine.programs.tc = () => {
      calls += 1;
      return { stdout: '[]\n[]\n' };
    };
    if (text !== undefined) machine.put('/var/run/state.qdisc', text);
    const platform = linux({ ...toolsOf(machine), state: '/var/run/state' });
    const seen = await platform.observe(config);
    t.equal(calls, asked ? 1 : 0, what);
    t.equal(seen.queues !== undefined, asked, what);
    const places = (await platform.actuators(config, seen)).map(({ place }) => place);
    t.equal(places.includes('the queues of the lines (tc)'), asked, what);
  }
});

tap.test('what nft would take is asked where it matters', async (t) => {
  const mask = 0xff000000;
  const [answers, flows] = [{ mark: 0x01000000 }, { led: 0xff000000 }];
  const leading = 'chain outgoing';
  const rival = '[{"priority":9,"src":"all","fwmark":"0x1000000","fwmask":"0xff000000","table":"9"}]';
  const CASES: [what: string, inbound: object, rules: string, refused: string[], asked: number, marks: object][] = [
    ['all', { ...answers, ...flows }, RULES, [], 1, {}],
    ['no flows', { ...answers, ...flows }, RULES, [leading], 2, { leadless: 'no' }],
    ['nothing', { ...answers, ...flows }, RULES, ['table'], 2, { refusal: 'no' }],
    ['no flows, and nothing else', { ...flows, unanswered: true }, RULES, [leading], 1, { refusal: 'no' }],
    ['only answers', answers, RULES, [leading], 1, {}],
    ['a rule of others', { ...answers, ...flows }, rival, ['table'], 0, {}],
  ];
  for (const [what, inbound, rules, refused, asked, marks] of CASES) {
    const machine = new Machine();
    const tried: string[] = [];
    machine.programs.ip = () => ({ stdout: lines(LINKS, ROUTES, rules, '[]') });
    machine.programs.nft = ([first = '', text = '']) => {
      if (first === 'list') return { exitCode: 1, stderr: 'Error: No such file or directory' };
      tried.push(text);
      return refused.some((word) => text.includes(word)) ? { exitCode: 1, stderr: 'no' } : {};
    };
    const config = makeConfig([makeWan({ inbound: { table: 7700, mask, ...inbound } })]);
    const seen = await linux(toolsOf(machine)).observe(config);
    t.strictSame([tried.length, seen.marks], [asked, marks], what);
  }
});
