import tap from 'tap';
import { HOOKS } from '../../../lib/actuators/red/places.js';
import { hooks } from '../../../lib/system/ipfire/hooks.js';
import { Machine } from '../../machine.js';

tap.test('which hooks run, in which order, and with which word: as IPFire has it', async (t) => {
  const machine = new Machine();
  machine.put(HOOKS, '', { kind: 'folder', mode: 0o755 });
  const put = (name: string, mode = 0o755) => machine.put(`${HOOKS}/${name}`, '', { mode });
  for (const name of ['99-beep', '100-last', '27-RS-squid', '20-firewall', '01-conntrack', '20-fastest']) put(name);
  for (const name of ['40-S-one', '41-K-two', '42-RL-three', '43-U-four', '44-D-five', '45-X-six', '46', 'zzz'])
    put(name);
  put('95-mini-mwan');
  put('96-U-mini-mwan.bak');
  put('30-not-executable', 0o644);
  machine.put(`${HOOKS}/31-folder`, '', { kind: 'folder', mode: 0o755 });
  t.strictSame(
    hooks(machine).map(({ program, args }) => [program.slice(HOOKS.length + 1), ...args].join(' ')),
    [
      ...['01-conntrack', '20-fastest', '20-firewall', '27-RS-squid restart'],
      ...['40-S-one start', '41-K-two stop', '42-RL-three reload', '43-U-four up', '44-D-five down', '45-X-six', '46'],
      ...['99-beep', '100-last', 'zzz'],
    ],
  );
});

tap.test('no folder, no hooks', async (t) => {
  t.strictSame(hooks(new Machine()), []);
});
