import tap from 'tap';
import { hasQueues } from '../../lib/system/beside.js';
import { forgetQueue, formerQueues, lastRates, rememberQueue } from '../../lib/system/queues.js';
import { Machine } from '../machine.js';

const STATE = '/var/run/state';
const FILE = `${STATE}.qdisc`;
const toolsOf = ({ engine, exec }: Machine) => ({ engine, exec, state: STATE });

tap.test('what a rate was is kept until it is put back', async (t) => {
  const machine = new Machine();
  const tools = toolsOf(machine);
  t.strictSame([hasQueues(tools), formerQueues(tools)], [false, {}]);
  t.ok(rememberQueue(tools, 'eth1', { handle: '8001:', rate: 9000 }));
  t.ok(rememberQueue(tools, 'eth2', { handle: '7700:' }));
  t.ok(rememberQueue(tools, 'eth1', { handle: '8001:', rate: 3000 }));
  const kept = { eth1: { handle: '8001:', rate: 9000 }, eth2: { handle: '7700:' } };
  t.strictSame(formerQueues(tools), kept, 'the first counts');
  t.ok(rememberQueue(tools, 'eth1', { handle: '8002:', rate: 3000 }));
  t.strictSame(formerQueues(tools).eth1, { handle: '8002:', rate: 3000 }, 'of another one there, the new one does');
  forgetQueue(tools, 'eth1');
  t.strictSame(formerQueues(tools), { eth2: kept.eth2 });
  t.equal(hasQueues(tools), true);
  forgetQueue(tools, 'eth1');
  forgetQueue(tools, 'eth2');
  t.equal(hasQueues(tools), false);
  t.equal(machine.text(FILE), undefined);
  for (const device of ['eth1', 'eth2']) machine.put(`/sys/class/net/${device}`, '', { kind: 'folder' });
  machine.put('/sys/class/net', '', { kind: 'folder' });
  for (const name of ['eth1', 'eth1/ingress', 'eth2']) rememberQueue(tools, name, { handle: '7700:' });
  machine.drop('/sys/class/net/eth1');
  rememberQueue(tools, 'eth2', { handle: '8001:' });
  t.strictSame(formerQueues(tools), { eth2: { handle: '8001:' } }, 'who is gone has taken it along');
  machine.refuse = () => 'EROFS';
  t.notOk(rememberQueue(tools, 'eth1', { handle: '8001:' }), 'it could not be put back');
});

tap.test('whatever the files say', async (t) => {
  const FORMER: [text: string, former: unknown][] = [
    ['', {}],
    ['[]', {}],
    ['{"eth1":1,"eth2":{"handle":"x"},"eth3":{"handle":"7700:","rate":"x"}}', { eth3: { handle: '7700:' } }],
    ['{"eth1":{"handle":"8001:","rate":0}}', {}],
    ['{"eth1":{"handle":"8001:","rate":-1}}', { eth1: { handle: '8001:' } }],
  ];
  const machine = new Machine();
  const tools = toolsOf(machine);
  for (const [text, former] of FORMER) {
    machine.put(FILE, text);
    t.strictSame(formerQueues(tools), former, text);
  }
  machine.put(FILE, '{"eth1":{"handle":"8001:"}}', { uid: 1000 });
  t.strictSame(formerQueues(tools), {}, 'anybody could have written it');
  const line = (decisions: unknown) => JSON.stringify({ version: 1, lines: [{ name: 's', decisions }] });
  const RATES: [text: string, rates: unknown][] = [
    ['', {}],
    ['{"lines":1}', {}],
    ['{"lines":[1]}', { '': {} }],
    [line({ up: { rate: 5000 }, down: { rate: 90 } }), { s: { up: 5000, down: 90 } }],
    [line({ up: { rate: 0 }, down: { rate: 1e12 } }), { s: {} }],
    [line({ up: 5000 }), { s: {} }],
    [line(null), { s: {} }],
  ];
  for (const [text, rates] of RATES) {
    machine.put(`${STATE}.shape`, text);
    t.strictSame(lastRates(tools), rates, text);
  }
  t.strictSame(lastRates({ engine: machine.engine, exec: machine.exec }), {}, 'where there is no state');
});
