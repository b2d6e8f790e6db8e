import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tap, { type Test } from 'tap';
import { apkScripts, IPK_SCRIPTS } from '../../lib/package/scripts.js';

/** Writes down who calls them, with what. */
const FUNCTIONS = ['add_group_and_user', 'default_postinst', 'default_prerm']
  .map((name) => `${name}() { echo "${name} [$pkgname] [$root] [$PKG_UPGRADE] $*" >>"$IPKG_INSTROOT/asked"; }\n`)
  .join('');
const { postInstall, postUpgrade, preDeinstall, postDeinstall } = apkScripts('mini-mwan');
const { postinst, prerm, postrm } = IPK_SCRIPTS;

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

tap.test('when the files are gone, so is what rounds left, and rpcd forgets the method', async (t) => {
  const CASES: [name: string, text: string, how: object, cleans: boolean][] = [
    ['postrm', postrm, { words: ['remove'] }, true],
    ['postrm', postrm, { words: ['upgrade', '1.2'] }, false],
    ['postrm', postrm, { words: [], env: { PKG_UPGRADE: '1' } }, false],
    ['postrm', postrm, { words: [], env: { IPKG_INSTROOT: '/image' } }, false],
    ['post-deinstall', postDeinstall, { words: [] }, true],
    ['post-deinstall', postDeinstall, { words: [], env: { IPKG_INSTROOT: '/image' } }, false],
  ];
  for (const [name, text, how, cleans] of CASES) {
    const { words, env = {} } = how as { words: string[]; env?: Record<string, string> };
    const top = mkdtempSync(join(tmpdir(), 'mini-mwan-gone-'));
    t.teardown(() => rmSync(top, { recursive: true }));
    for (const folder of ['var/run', 'etc/init.d'].map((path) => join(top, path)))
      mkdirSync(folder, { recursive: true });
    for (const file of ['mini-mwan.status', 'mini-mwan.started', 'other'])
      writeFileSync(join(top, 'var/run', file), '');
    writeFileSync(join(top, 'etc/init.d/rpcd'), `#!/bin/sh\necho "$*" >>${top}/asked\n`, { mode: 0o755 });
    // As it is, but for where it is.
    const script = text.replaceAll('/var/run', `${top}/var/run`).replaceAll('/etc/init.d', `${top}/etc/init.d`);
    for (const shell of [['sh'], ['busybox', 'sh']]) {
      const ran = spawnSync(shell[0] as string, [...shell.slice(1), '-c', script, name, ...words], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, ...env },
      });
      t.match(ran, { status: 0, stdout: '', stderr: '' }, `${name} ${JSON.stringify(how)}`);
    }
    const left = readdirSync(join(top, 'var/run')).sort();
    t.strictSame(left, cleans ? ['other'] : ['mini-mwan.started', 'mini-mwan.status', 'other'], JSON.stringify(how));
    t.equal(existsSync(join(top, 'asked')), cleans, `rpcd, ${name} ${JSON.stringify(how)}`);
  }
});
