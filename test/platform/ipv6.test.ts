import { readFile } from 'node:fs/promises';
import tap from 'tap';
import type { Observation } from '../../lib/model.js';
import { actuators6, lookAtSix, withNetifd } from '../../lib/platform/ipv6.js';
import { viewProblems } from '../../lib/view.js';
import { Machine } from '../machine.js';
import { makeConfig, makeWan } from '../make.js';

const nothing: Observation = { links: [], routes: [], blind: [] };
const sample = (name: string) => readFile(`test/samples/ip6/${name}.json`, 'utf8');
const line = (text: string) => text.trim().replaceAll('\n', ' ');
const MAIN = '[{"priority":32766,"src":"all","table":"254"}]';
const TABLE =
  'table ip6 mini_mwan {\n\tchain sources {\n\t\ttype nat hook postrouting priority 99; policy accept;\n\t\toifname "eth1" masquerade comment "eth1: all"\n\t}\n}\n';

async function look(answers: { ip?: string; ipCode?: number; nft?: string; devices?: unknown }) {
  const machine = new Machine();
  const { ip = '', ipCode = 0, nft, devices = [] } = answers;
  machine.programs = {
    ip: () => ({ stdout: ip, exitCode: ipCode, stderr: ipCode === 0 ? '' : 'Cannot open\nmore\n' }),
    nft: () =>
      nft === undefined
        ? { exitCode: 1, stderr: 'Error: No such file or directory; did you mean table …\n' }
        : { stdout: nft },
  };
  const four = async () => ({ seen: nothing, devices });
  return lookAtSix({ engine: machine.engine, exec: machine.exec }, four);
}

tap.test('what is there of IPv6', async (t) => {
  const devices = JSON.parse(await sample('addr'));
  const ip = `${line(await sample('source-specific'))}\n${MAIN}\n`;
  const { six, blind } = await look({ ip, nft: TABLE, devices });
  t.strictSame(blind, []);
  t.match(six?.addresses, [{ device: 'eth0', address: '2001:db8:200:1::1' }]);
  t.match(six?.routes, [{ destination: 'default', from: '2001:db8:100:ff::/64' }]);
  t.match(six?.rules, [{ main: true, conditional: false }]);
  t.strictSame(six?.translation, { comments: ['eth1: all'] });
  t.strictSame((await look({ ip })).six?.translation, {}, 'a table that there is not');
});

tap.test('what cannot be seen is said, and nothing is taken for it', async (t) => {
  const CASES: [what: string, answers: Parameters<typeof look>[0], said: RegExp][] = [
    ['an ip that fails', { ipCode: 1 }, /IPv6 cannot be seen \(ip -6: Cannot open\)/],
    ['one that says nothing', {}, /IPv6 cannot be seen \(ip -6: exit 0\)/],
    ['a table that there is not', { ip: '[', ipCode: 2 }, /IPv6 cannot be seen/],
    ['nonsense', { ip: '{"nonsense"\n[]\n' }, /IPv6 cannot be seen/],
  ];
  for (const [what, answers, said] of CASES) {
    const { six, blind, blind6 } = await look(answers);
    t.equal(six, undefined, what);
    t.match(blind6, said);
    t.strictSame(blind, [], 'what is known of IPv4 is as good as ever');
  }
  const seen = { ...(await look({ ipCode: 1 })), interfaces: [] };
  const problems = await viewProblems(makeConfig([makeWan({ interface: 'wanb' })]), { seen, paths: [] });
  t.match(problems, [{ text: /'wanb' is not known to netifd/ }, { text: /IPv6 cannot be seen/ }]);
  const { six } = await look({ ip: '[]\nx\n' });
  t.strictSame(six, { addresses: [], routes: [], rules: [], translation: {} }, 'no rules can be read');
});

tap.test('netifd is heard where somebody asks', async (t) => {
  const dump = { interface: [{ interface: 'wan6', l3_device: 'eth1' }] };
  const seen = await look({ ip: '[]\n[]\n' });
  t.match(withNetifd(seen, dump).six?.interfaces, [{ name: 'wan6', device: 'eth1' }]);
  t.equal(withNetifd(nothing, dump), nothing);
});

tap.test('a source is led elsewhere before its flows are decided on anew', async (t) => {
  const machine = new Machine();
  const actuators = await actuators6({ engine: machine.engine, exec: machine.exec });
  t.match(actuators.slice(0, 3), [{ place: /routing table/ }, { place: /ip -6 rule/ }, { place: /nft/ }]);
});
