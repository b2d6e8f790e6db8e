import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap, { type Test } from 'tap';
import { apkScripts, IPK_SCRIPTS } from '../../lib/package/scripts.js';

/** Writes down who calls them, with what. */
const FUNCTIONS = ['add_group_and_user', 'default_postinst', 'default_prerm']
  .map((name) => `${name}() { echo "${name} [$pkgname] [$root] [$PKG_UPGRADE] $*" >>"$IPKG_INSTROOT/asked"; }\n`)
  .join('');
const { postInstall, postUpgrade, preDeinstall } = apkScripts('mini-mwan');
const { postinst, prerm } = IPK_SCRIPTS;

/** The root of an image that is being built; returns what was asked of OpenWrt's functions there. */
function run(t: Test, shell: string, text: string, { functions = FUNCTIONS, env = {} } = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'mini-mwan-image-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'lib'));
  if (functions) writeFileSync(join(root, 'lib/functions.sh'), functions);
  const script = join(root, 'mini-mwan.script');
  writeFileSync(script, text);
  const [program = '', ...words] = shell.split(' ');
  const ran = spawnSync(program, [...words, script, 'upgrade'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, IPKG_INSTROOT: root, ...env },
  });
  t.match(ran, { status: 0, stdout: '', stderr: '' }, `${shell}: it ends well, and is silent`);
  const asked = join(root, 'asked');
  return existsSync(asked) ? readFileSync(asked, 'utf8').replaceAll(root, 'ROOT') : '';
}

const ROWS = [
  { name: 'postinst', text: postinst, asked: ['default_postinst [] [] [] ROOT/mini-mwan.script upgrade'] },
  { name: 'prerm', text: prerm, asked: ['default_prerm [] [] [] ROOT/mini-mwan.script upgrade'] },
  {
    name: 'post-install',
    text: postInstall,
    asked: ['add_group_and_user [mini-mwan] [ROOT] [] ', 'default_postinst [mini-mwan] [ROOT] [] '],
  },
  {
    name: 'post-upgrade',
    text: postUpgrade,
    asked: ['add_group_and_user [mini-mwan] [ROOT] [1] ', 'default_postinst [mini-mwan] [ROOT] [1] '],
  },
  { name: 'pre-deinstall', text: preDeinstall, asked: ['default_prerm [mini-mwan] [ROOT] [] '] },
];

for (const { name, text, asked } of ROWS) {
  tap.test(`${name} leaves it to the functions of OpenWrt`, async (t) => {
    // An image is built with bash; a router has BusyBox.
    for (const shell of ['sh', 'bash', 'busybox sh']) {
      t.equal(run(t, shell, text), asked.map((line) => `${line}\n`).join(''), shell);
      t.equal(run(t, shell, text, { functions: '' }), '', `${shell}, where there are none`);
    }
    const isArrival = asked.at(-1)?.startsWith('default_postinst');
    const told = run(t, 'sh', text, { env: { IPKG_NO_SCRIPT: '1' } });
    t.equal(told === '', isArrival, 'who builds an image may want no script of it yet');
  });
}
