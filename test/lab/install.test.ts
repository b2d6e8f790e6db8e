import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import tap, { type Test } from 'tap';
import { NODE, QUICKJS } from './program.js';

interface Result {
  stdout: string;
  stderr: string;
  exitCode: number;
}

function run(program: string, args: string[], options: { uid?: number } = {}): Promise<Result> {
  return new Promise((resolve) => {
    // With nothing of what the test runner sets for Node, under which a program without an extension does not start.
    execFile(
      'env',
      ['-i', `PATH=${process.env.PATH}`, 'LC_ALL=C', program, ...args],
      options,
      (error, stdout, stderr) => resolve({ stdout, stderr, exitCode: error ? Number(error.code) : 0 }),
    );
  });
}

/** Runs a command line; a folder stands for the system. */
function mwan(command: string, root: string, program = QUICKJS): Promise<Result> {
  const [engine = '', ...words] = program;
  return run(engine, [...words, ...command.split(' '), '--root', root]);
}

/** Plugins that come with it. */
const PLUGINS = ['graphite', 'influxdb', 'mail', 'webhook'].map((name) => `/usr/lib/mini-mwan/plugins/${name}`);
/** What the program is made of, and where it is installed. */
const PARTS = readdirSync('dist/quickjs').map((name) => `usr/lib/mini-mwan/program/${name}`);

/** A folder with files in it; a name that ends with `/` is a folder. */
function system(t: Test, files: Record<string, string> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'mini-mwan-root-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(name.endsWith('/') ? join(root, name) : dirname(join(root, name)), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(join(root, name), text, 'latin1');
  }
  return root;
}

/** Everything in the folder: name, kind, mode, owner, target of a link; then the sums of all files. */
async function tree(root: string): Promise<string> {
  const script = "find . -printf '%p %y %m %u %l\n' | sort; find . -type f -exec sha256sum {} + | sort";
  return (await run('sh', ['-c', `cd "$0" && ${script}`, root])).stdout;
}

const OPENWRT = { 'etc/openwrt_release': "DISTRIB_ID='OpenWrt'\n" };
const USUAL = {
  ...OPENWRT,
  'etc/crontabs/root': '0 4 * * * reboot\n',
  'etc/config/network': '',
  'etc/init.d/cron': '',
  'etc/hotplug.d/iface/': '',
  'usr/bin/node': '',
  'usr/lib/': '',
};

tap.test('uninstall leaves the tree as install found it', async (t) => {
  const systems: Record<string, Record<string, string>> = {
    'an empty folder': {},
    'a plain Linux': { 'etc/cron.d/other': 'x', 'usr/bin/': '' },
    'BusyBox with crontabs': { 'etc/crontabs/root': '' },
    'a bare OpenWrt': OPENWRT,
    'an OpenWrt': USUAL,
    'a crontab that does not end': { ...USUAL, 'etc/crontabs/root': '# \xff\xfe\n0 4 * * * reboot' },
    'empty folders of others': {
      ...OPENWRT,
      'etc/crontabs/': '',
      'usr/libexec/rpcd/': '',
      'usr/share/rpcd/acl.d/': '',
    },
    'an empty crontab': { ...OPENWRT, 'etc/crontabs/root': '' },
  };
  for (const [name, files] of Object.entries(systems)) {
    const root = system(t, files);
    const before = await tree(root);
    t.match(await mwan('install', root), { exitCode: 0, stderr: '' });
    const installed = await tree(root);
    t.not(installed, before);

    const again = await mwan('install', root);
    t.match(again.stdout, /\nnothing changed: all of it was there\n$/);
    t.notMatch(again.stdout, /^(created|updated)/m);
    t.equal(await tree(root), installed, `${name}: a second install changes nothing`);

    t.match(await mwan('uninstall', root), { exitCode: 0, stderr: '' });
    t.equal(await tree(root), before, name);
    t.equal((await mwan('uninstall', root)).stdout, 'nothing is there to remove\n');
  }
});

tap.test('what is laid down where', async (t) => {
  const files = async (root: string) => (await run('find', [root, '-type', 'f', '-printf', '%m /%P\n'])).stdout;
  const openwrt = system(t, OPENWRT);
  const { stdout } = await mwan('install', openwrt);
  const all = (await files(openwrt)).split('\n').sort();
  t.strictSame(all, [
    '',
    '600 /etc/crontabs/root',
    '644 /etc/config/mini-mwan',
    '644 /etc/openwrt_release',
    '644 /usr/lib/mini-mwan/engine',
    '644 /usr/lib/mini-mwan/functions',
    '644 /usr/lib/mini-mwan/made',
    ...PARTS.map((path) => `644 /${path}`),
    '644 /usr/share/rpcd/acl.d/mini-mwan.json',
    '755 /etc/hotplug.d/iface/25-mini-mwan',
    '755 /etc/init.d/mini-mwan',
    '755 /usr/bin/mini-mwan',
    '755 /usr/lib/mini-mwan/minute',
    ...PLUGINS.map((path) => `755 ${path}`),
    '755 /usr/libexec/rpcd/mini-mwan',
  ]);
  const listed = stdout.match(/^created {4}(.*)$/gm)?.map((line) => line.slice('created    '.length + openwrt.length));
  t.strictSame(
    listed?.sort(),
    all
      .map((line) => line.slice(4))
      .filter((path) => path !== '' && path !== '/etc/openwrt_release')
      .filter((path) => !PARTS.includes(path.slice(1)) || path.endsWith('/main.js'))
      .sort(),
    'each has its line, but for the program, which has one',
  );
  const sources = {
    'hotplug/iface/25-mini-mwan': 'etc/hotplug.d/iface/25-mini-mwan',
    'lib/launch/functions': 'usr/lib/mini-mwan/functions',
    'lib/launch/quickjs': 'usr/lib/mini-mwan/engine',
    'lib/launch/mini-mwan': 'usr/bin/mini-mwan',
    ...Object.fromEntries(PARTS.map((path) => [path.replace('usr/lib/mini-mwan/program', 'dist/quickjs'), path])),
    'cron/minute': 'usr/lib/mini-mwan/minute',
    'lib/init/mini-mwan': 'etc/init.d/mini-mwan',
    'lib/rpcd/mini-mwan': 'usr/libexec/rpcd/mini-mwan',
    'lib/install/default.uci': 'etc/config/mini-mwan',
    ...Object.fromEntries(PLUGINS.map((path) => [path.replace('/usr/lib/mini-mwan', 'lib'), path.slice(1)])),
  };
  for (const [source, target] of Object.entries(sources)) {
    t.ok(readFileSync(source).equals(readFileSync(join(openwrt, target))), target);
  }
  const acl = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
  t.strictSame(acl(join(openwrt, 'usr/share/rpcd/acl.d/mini-mwan.json')), acl('lib/rpcd/acl.json'));

  const plain = system(t);
  await mwan('install', plain);
  t.strictSame((await files(plain)).split('\n').sort(), [
    '',
    '644 /etc/config/mini-mwan',
    '644 /etc/cron.d/mini-mwan',
    '644 /usr/lib/mini-mwan/engine',
    '644 /usr/lib/mini-mwan/functions',
    '644 /usr/lib/mini-mwan/made',
    ...PARTS.map((path) => `644 /${path}`),
    '755 /usr/bin/mini-mwan',
    '755 /usr/lib/mini-mwan/minute',
    ...PLUGINS.map((path) => `755 ${path}`),
  ]);
});

tap.test('the installed program installs itself', async (t) => {
  const root = system(t, OPENWRT);
  await mwan('install', root);
  const second = system(t, OPENWRT);
  const program = [...QUICKJS.slice(0, -1), join(root, 'usr/lib/mini-mwan/program/main.js')];
  t.match(await mwan('install', second, program), { exitCode: 0, stderr: '' });
  t.equal(await tree(second), await tree(root));
});

tap.test('another version, and another engine, in its place', async (t) => {
  const root = system(t, OPENWRT);
  const program = join(root, 'usr/lib/mini-mwan/program');
  await mwan('install', root);
  const installed = await tree(root);
  writeFileSync(join(program, 'chunk-OLD.js'), '');
  t.match((await mwan('install --json', root)).stdout, `{"path":"${program}/chunk-OLD.js","outcome":"removed"}`);
  t.equal(await tree(root), installed, 'nothing is left of the old version');

  const { stdout } = await mwan('install', root, NODE);
  t.match(stdout, `updated    ${root}/usr/lib/mini-mwan/engine\n`);
  t.ok(readFileSync(join(root, 'usr/lib/mini-mwan/engine')).equals(readFileSync('lib/launch/node')));
  t.strictSame(readdirSync(program), readdirSync('dist/node'));
  await mwan('install', root);
  t.equal(await tree(root), installed);
  await mwan('install', root, NODE);
  t.match(
    (await mwan('uninstall', root)).stdout,
    `removed  ${program}/main.mjs (it was not as this version lays it down)`,
  );
  t.equal((await tree(root)).split('\n').filter((line) => line.includes('mini-mwan')).length, 0, 'nothing is left');
});

tap.test('what the user changed', async (t) => {
  const root = system(t, USUAL);
  await mwan('install', root);
  const config = join(root, 'etc/config/mini-mwan');
  const hook = join(root, 'etc/hotplug.d/iface/25-mini-mwan');
  const crontab = join(root, 'etc/crontabs/root');
  writeFileSync(config, "config settings\n\toption enabled '1'\n");
  writeFileSync(hook, '#!/bin/sh\n');
  writeFileSync(crontab, '# mine\n*/2 * * * * /usr/lib/mini-mwan/minute\n0 5 * * * reboot');

  const { stdout } = await mwan('install', root);
  t.match(stdout, `kept       ${config}\n`);
  t.match(stdout, `updated    ${hook}\n`);
  t.match(stdout, `unchanged  ${crontab}\n`);
  t.equal(readFileSync(config, 'utf8'), "config settings\n\toption enabled '1'\n");
  t.ok(readFileSync(hook).equals(readFileSync('hotplug/iface/25-mini-mwan')));

  writeFileSync(hook, '#!/bin/sh\n');
  const gone = (await mwan('uninstall', root)).stdout;
  t.match(gone, `removed  ${crontab} (our line)\n`);
  t.match(gone, `removed  ${hook} (it was not as this version lays it down)\n`);
  t.match(gone, `kept     ${config} (it is yours)\n`);
  t.equal(readFileSync(config, 'utf8'), "config settings\n\toption enabled '1'\n");
  t.equal(readFileSync(crontab, 'utf8'), '# mine\n0 5 * * * reboot');
  const other = system(t, { ...USUAL, 'etc/config/mini-mwan': "config settings\n\toption enabled '1'\n" });
  writeFileSync(join(other, 'etc/crontabs/root'), '# mine\n0 5 * * * reboot');
  t.equal(await tree(root), await tree(other), 'nothing else is left');
});

tap.test('links are not followed', async (t) => {
  const root = system(t, { ...USUAL, victim: 'precious', 'usr/lib/mini-mwan/made': '/etc\n/victim\n/../../tmp\n\0\n' });
  const victim = join(root, 'victim');
  const link = (path: string) => {
    rmSync(join(root, path), { force: true });
    symlinkSync(victim, join(root, path));
  };
  link('usr/bin/mini-mwan');
  link('etc/config/mini-mwan');
  t.match(await mwan('install', root), {
    exitCode: 0,
    stdout: /updated .*bin\/mini-mwan\ncreated .*engine\nkept .*config\/mini-mwan/,
  });
  t.equal(readFileSync(victim, 'utf8'), 'precious');
  t.ok(readFileSync(join(root, 'usr/bin/mini-mwan')).equals(readFileSync('lib/launch/mini-mwan')));
  link('usr/bin/mini-mwan');
  t.match(await mwan('uninstall', root), { exitCode: 0, stdout: /kept .*config\/mini-mwan \(it is yours\)/ });
  t.equal(readFileSync(victim, 'utf8'), 'precious');
  t.match(await tree(root), /\.\/etc d/);

  link('etc/crontabs/root');
  t.match(await mwan('install', root), {
    exitCode: 3,
    stderr: /crontabs\/root cannot be written: it is no regular file\n/,
    stdout: /created .*25-mini-mwan\n$/,
  });
  t.equal(readFileSync(victim, 'utf8'), 'precious');

  const outside = system(t);
  const leads = system(t, OPENWRT);
  symlinkSync(outside, join(leads, 'usr'));
  for (const command of ['install', 'uninstall']) {
    t.match(await mwan(command, leads), { exitCode: 3, stderr: ` leads out of ${leads}, to ${outside}; nothing is` });
  }
  t.equal((await run('ls', ['-A', outside])).stdout, '');
});

tap.test('where it cannot be done, it says why, and lists what was done', async (t) => {
  t.match(await mwan('install', '/nonexistent'), {
    exitCode: 2,
    stderr: 'mini-mwan: --root /nonexistent: there is no such folder\n',
  });
  t.match(await mwan('uninstall', join(process.cwd(), 'package.json')), {
    exitCode: 2,
    stderr: /there is no such folder/,
  });
  t.match(await mwan('install', ''), { exitCode: 2, stderr: 'mini-mwan: --root needs the name of a folder\n' });

  const folder = system(t, { ...OPENWRT, 'etc/init.d/mini-mwan/x': '' });
  t.match(await mwan('install', folder), {
    exitCode: 3,
    stdout: /created .*acl.d\/mini-mwan.json\n$/,
    stderr: `mini-mwan: ${folder}/etc/init.d/mini-mwan cannot be written: it is a directory\n  what was done before`,
  });
  const file = system(t, { ...OPENWRT, usr: 'a file' });
  t.match(await mwan('install', file), { exitCode: 3, stderr: /cannot be \w+: a part of its path is no directory\n/ });
  for (const record of ['usr/lib/opkg/info/mini-mwan.control', 'lib/apk/packages/mini-mwan.list']) {
    const packaged = system(t, { ...OPENWRT, [record]: '' });
    const before = await tree(packaged);
    for (const command of ['install', 'uninstall']) {
      t.match(await mwan(command, packaged), { exitCode: 3, stderr: /is here as a package/ });
    }
    t.equal(await tree(packaged), before);
  }
});

tap.test('a full and a read-only file system', async (t) => {
  const root = system(t);
  const on = (mount: string, command: string) =>
    run('unshare', ['-m', 'sh', '-c', `${mount} && "$@" ${command} --root "$0"`, root, ...QUICKJS]);
  const full = 'mount -t tmpfs -o size=200k tmpfs "$0"';
  t.match(await on(full, 'install'), {
    exitCode: 3,
    stdout: /^created .*made\n/,
    stderr: /^mini-mwan: .* cannot be written: no space left\n {2}what was done before that is listed above; once/,
  });
  t.match(await on('mount -t tmpfs -o ro tmpfs "$0"', 'install'), {
    exitCode: 3,
    stdout: '',
    stderr: /^mini-mwan: .*\/usr\/lib\/mini-mwan cannot be made: the file system is read-only\n/,
  });
  const installed = `mount -t tmpfs tmpfs "$0" && "$@" install --root "$0" >/dev/null && mount -o remount,ro "$0"`;
  t.match(await on(installed, 'uninstall'), {
    exitCode: 3,
    stderr: /cannot be removed: the file system is read-only\n/,
  });
  t.match(await on(installed, 'install'), { exitCode: 0, stdout: /nothing changed/ });
});

tap.test('who is not root, and a strict umask', async (t) => {
  const root = system(t);
  await run('chmod', ['777', root]);
  cpSync('dist/quickjs', join(root, 'program'), { recursive: true });
  const program = [...QUICKJS.slice(0, -1), join(root, 'program/main.js')];
  for (const command of ['install', 'uninstall']) {
    t.match(await run('setpriv', ['--reuid=65534', ...program, command]), {
      exitCode: 3,
      stdout: '',
      stderr: `mini-mwan: ${command} changes /etc and /usr and must be run as root\n`,
    });
  }
  const strict = await run('sh', ['-c', `umask 077; "$@" install --root "$0"`, root, ...program]);
  t.equal(strict.exitCode, 0);
  t.match(await tree(root), '/usr/bin/mini-mwan f 755 ');
});

tap.test('as JSON', async (t) => {
  const root = join(system(t, { 'ü/': '' }), 'ü');
  const value = async (command: string) => JSON.parse((await mwan(`${command} --json`, root)).stdout);
  t.match(await value('install'), {
    changed: true,
    files: [{ path: `${root}/usr/lib/mini-mwan/made` }, {}, {}, {}, {}],
  });
  t.match(await value('install'), { changed: false });
  t.match((await value('uninstall')).files.at(-1), { path: `${root}/usr/lib/mini-mwan/made`, outcome: 'removed' });
  t.strictSame(await value('uninstall'), { files: [] });
  for (const command of ['install --json', 'uninstall --json']) {
    t.match((await mwan(command, root)).stdout, /^[ -~]+\n$/, `${command} is plain ASCII`);
  }
});
