import tap from 'tap';
import { append, LOG } from '../../../lib/system/ipfire/log.js';
import { Machine } from '../../machine.js';

const line = (text: string) => ({ priority: 'notice' as const, text });

/** A machine on which mini-mwan is installed. */
function machine(): Machine {
  const made = new Machine();
  for (const path of ['/var/log', '/etc/logrotate.d']) made.put(path, '', { kind: 'folder' });
  made.put('/etc/logrotate.d/mini-mwan', '');
  return made;
}

tap.test('lines come behind those that are there', async (t) => {
  const made = machine();
  append(made.engine, [line('one'), line('two')]);
  append(made.engine, [line('three')]);
  const told = made.text(LOG) ?? '';
  t.strictSame(told.match(/(?<=MWAN: ).*/g), ['one', 'two', 'three']);
  t.match(told, /^(\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] MWAN: \w+\n){3}$/);
  t.equal(made.mode(LOG), 0o644);
  t.equal(made.opened, 0, 'nothing stays open: it may be rotated at any time');
});

tap.test('nothing that can be wrong with it stops anybody', async (t) => {
  for (const code of ['ENOSPC', 'EROFS', 'ELOOP', 'EISDIR']) {
    const made = machine();
    made.refuse = (operation) => (operation === 'openToAppend' ? code : undefined);
    t.doesNotThrow(() => append(made.engine, [line('one')]), code);
  }
  const full = machine();
  full.engine.files.writeText = () => {
    throw new Error('ENOSPC');
  };
  t.doesNotThrow(() => append(full.engine, [line('one')]));
  t.equal(full.opened, 0);
});

tap.test('without anybody to rotate it, it is not begun', async (t) => {
  const made = machine();
  made.drop('/etc/logrotate.d/mini-mwan');
  append(made.engine, [line('one')]);
  t.equal(made.text(LOG), undefined);
});
