import tap from 'tap';
import { forgetDeprecated, formerAddresses, rememberDeprecated } from '../../lib/system/deprecated.js';
import { Machine } from '../machine.js';

const STATE = '/var/run/state';
const FILE = `${STATE}.deprecated`;
const toolsOf = ({ engine, exec }: Machine) => ({ engine, exec, state: STATE });
const owner = 'wan1/ipv6';

tap.test('how addresses were is kept until they are so again', async (t) => {
  const machine = new Machine();
  const tools = toolsOf(machine);
  t.equal(formerAddresses(tools), undefined);
  const kept = { owner, preferred: 300, valid: 900 };
  const forever = { owner, preferred: Number.POSITIVE_INFINITY, valid: Number.POSITIVE_INFINITY };
  t.ok(rememberDeprecated(tools, { 'lan 2001:db8::1': kept }));
  t.ok(rememberDeprecated(tools, { 'lan 2001:db8:1::1': forever }));
  t.strictSame(formerAddresses(tools), { 'lan 2001:db8::1': kept, 'lan 2001:db8:1::1': forever });
  t.ok(rememberDeprecated(tools, { 'lan 2001:db8::1': { ...kept, preferred: 600 } }));
  t.match(formerAddresses(tools), { 'lan 2001:db8::1': { preferred: 600 } }, 'the last counts');
  forgetDeprecated(tools, ['lan 2001:db8::1', 'lan nothing']);
  t.strictSame(formerAddresses(tools), { 'lan 2001:db8:1::1': forever });
  forgetDeprecated(tools, ['lan 2001:db8:1::1']);
  t.equal(machine.text(FILE), undefined);
  machine.refuse = () => 'EROFS';
  t.notOk(rememberDeprecated(tools, { lan: kept }), 'it could not be put back');
  const { state: _, ...nowhere } = tools;
  t.ok(rememberDeprecated(nowhere, { lan: kept }), 'where a recording is played, nothing is kept');
});

tap.test('whatever the file says', async (t) => {
  const CASES: [text: string, former: unknown][] = [
    ['', undefined],
    ['[1]', undefined],
    ['{"a": 1, "b": [], "c": ["w", 1], "d": ["w", -1, 2], "e": [null, 1, 2], "f": ["w", "x", 2]}', undefined],
    ['{"a": ["w", 1, null]}', { a: { owner: 'w', preferred: 1, valid: Number.POSITIVE_INFINITY } }],
  ];
  for (const [text, former] of CASES) {
    const machine = new Machine();
    machine.put(FILE, text);
    t.strictSame(formerAddresses(toolsOf(machine)), former, text);
  }
});
