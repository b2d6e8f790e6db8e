import tap from 'tap';
import { examineRestarts } from '../../lib/doctor/restarts.js';
import { makePath } from '../make.js';

tap.test('restarts that nobody can do', async (t) => {
  const restart = { after: 60 };
  const CASES: [
    string,
    Parameters<typeof makePath>[2],
    Parameters<typeof makePath>[3],
    hasNetifd: boolean,
    said?: RegExp,
  ][] = [
    ['netifd has it', { interface: 'wan' }, { restart }, true],
    ['netifd does not know the device', {}, { restart }, true, /netifd has no interface of eth1$/],
    ['nor is there one', {}, { restart }, false, /there is no netifd$/],
    ['a program does it', {}, { restart: { ...restart, program: '/a' } }, false],
    ['nobody asks for it', {}, {}, false],
    ['it is left out', {}, { restart, enabled: false }, false],
  ];
  for (const [what, path, wan, hasNetifd, said] of CASES) {
    const found = examineRestarts([makePath(1, 10, path, wan)], hasNetifd);
    t.match(found, said ? [{ option: "interface 'wan1'", text: said }] : [], what);
    t.equal(found.length, said ? 1 : 0, what);
  }
  const { link: _, ...away } = makePath(1, 10, {}, { restart });
  t.strictSame(examineRestarts([away], true), [], 'only the state knows whose a device was that is gone');
});
