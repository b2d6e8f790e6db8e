import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap from 'tap';
import type { Engine } from '../../lib/engine/engine.js';
import { createEngine } from '../../lib/engine/node/engine.js';
import { findExposure } from '../../lib/system/trust.js';

const engine = createEngine();

tap.test('by what others may change a file', async (t) => {
  const top = mkdtempSync(join(tmpdir(), 'mini-mwan-trust-'));
  const before = process.cwd();
  t.teardown(() => {
    process.chdir(before);
    rmSync(top, { recursive: true });
  });
  const [folder, other, file, alias] = [join(top, 'a'), join(top, 'b'), join(top, 'a/file'), join(top, 'b/alias')];
  for (const path of [folder, other]) mkdirSync(path);
  writeFileSync(file, '');
  symlinkSync(file, alias);
  const cases: [path: string, mode: number, uid: number, gid: number, reason?: string][] = [
    [file, 0o644, 0, 0],
    [file, 0o600, 0, 0],
    [file, 0o666, 0, 0, 'others may write it'],
    [file, 0o664, 0, 100, 'others may write it'],
    // The group is root's.
    [file, 0o664, 0, 0],
    [file, 0o644, 1234, 0, 'it belongs to user 1234'],
    [folder, 0o777, 0, 0, 'others may write it'],
    [folder, 0o770, 0, 100, 'others may write it'],
    [folder, 0o755, 1234, 0, 'it belongs to user 1234'],
    // As /tmp: each file in it is safe from all but its owner.
    [folder, 0o1777, 0, 0],
    [folder, 0o1777, 1234, 0, 'it belongs to user 1234'],
  ];
  for (const [path, mode, uid, gid, reason] of cases) {
    const usual = path === file ? 0o644 : 0o755;
    chmodSync(path, mode);
    chownSync(path, uid, gid);
    const expected = reason === undefined ? undefined : { path, reason };
    t.strictSame(findExposure(engine, file), expected, `${path} ${mode.toString(8)} of ${uid}`);
    t.strictSame(findExposure(engine, alias), expected, 'by a link');
    chmodSync(path, usual);
    chownSync(path, 0, 0);
  }
  chmodSync(other, 0o777);
  t.strictSame(findExposure(engine, file), undefined);
  t.strictSame(findExposure(engine, alias), { path: other, reason: 'others may write it' }, 'who may change the link');
  process.chdir(folder);
  t.strictSame(findExposure(engine, '../b/alias'), { path: other, reason: 'others may write it' }, 'from where we are');
  const lost: Engine = { ...engine, folder: () => t.fail('asked in vain') as never };
  t.strictSame(findExposure(lost, file), undefined, 'where we are may be gone');
  chmodSync(file, 0o666);
  t.strictSame(findExposure(engine, join(top, 'absent')), undefined, 'what is not there harms nobody');
});
