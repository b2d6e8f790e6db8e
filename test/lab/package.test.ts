import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import manifest from '../../package.json' with { type: 'json' };
import type { Found, PackageRead } from '../package/read.js';
import { readApk } from '../package/read-apk.js';
import { readIpk } from '../package/read-ipk.js';
import { type Lab, until } from './lab.js';
import { Machine } from './machine.js';
import { scenario } from './scenario.js';

/** OpenWrt's functions for the scripts of packages, in short. */
const FUNCTIONS = `
add_group_and_user() { [ "$pkgname" = mini-mwan ]; }
for_services() {
	[ -z "$IPKG_INSTROOT" ] || return 0
	cat /usr/lib/opkg/info/mini-mwan.list /lib/apk/packages/mini-mwan.list 2>/dev/null | grep ^/etc/init.d/ |
		while read -r service; do "$service" "$1"; done
}
default_postinst() {
	local script="$IPKG_INSTROOT/usr/lib/opkg/info/mini-mwan.postinst-pkg"
	[ ! -f "$script" ] || ( . "$script" )
	[ "$PKG_UPGRADE" = 1 ] || for_services enable
	for_services start
}
default_prerm() {
	[ "$PKG_UPGRADE" = 1 ] || for_services disable
	for_services stop
}
`;
/** Where the test lays apk's scripts; apk itself keeps them in an archive. */
const APK_SCRIPTS = '/usr/lib/apk-scripts';
const OPKG_INFO = '/usr/lib/opkg/info';
const MADE = `dist/mini-mwan_${manifest.version}-1_all.ipk\ndist/mini-mwan-${manifest.version}-r1.apk\ndist/mini-mwan-${manifest.version}.tar.gz`;

interface Format {
  name: string;
  read: (bytes: Buffer) => PackageRead;
  /** The program that the package needs. */
  engine: string;
  /** What the package manager lays down beside the package's own files. */
  extras: (read: PackageRead) => { path: string; text: string; mode: number }[];
  /** Paths of the scripts. */
  arrive: string;
  upgrade: string;
  leave: string;
  /** And when its files are gone. */
  left: string;
  /** What they ask of other services. */
  asked: string;
}
const OPKG: Format = {
  name: `mini-mwan_${manifest.version}-1_all.ipk`,
  read: readIpk,
  engine: process.execPath,
  extras: ({ scripts, found }) => [
    { path: `${OPKG_INFO}/mini-mwan.list`, text: lines(filesIn(found)), mode: 0o644 },
    { path: `${OPKG_INFO}/mini-mwan.control`, text: '', mode: 0o644 },
    ...Object.entries(scripts).map(([name, text]) => ({ path: `${OPKG_INFO}/mini-mwan.${name}`, text, mode: 0o755 })),
  ],
  arrive: `${OPKG_INFO}/mini-mwan.postinst`,
  upgrade: `${OPKG_INFO}/mini-mwan.postinst`,
  leave: `${OPKG_INFO}/mini-mwan.prerm`,
  left: `${OPKG_INFO}/mini-mwan.postrm`,
  asked: 'rpcd reload\ncron enable\ncron restart',
};
const APK: Format = {
  name: `mini-mwan-${manifest.version}-r1.apk`,
  read: readApk,
  engine: 'qjs',
  extras: ({ scripts }) =>
    Object.entries(scripts).map(([name, text]) => ({ path: `${APK_SCRIPTS}/${name}`, text, mode: 0o755 })),
  arrive: `${APK_SCRIPTS}/post-install`,
  upgrade: `${APK_SCRIPTS}/post-upgrade`,
  leave: `${APK_SCRIPTS}/pre-deinstall`,
  left: `${APK_SCRIPTS}/post-deinstall`,
  asked: 'cron enable\ncron restart\nrpcd reload',
};

const lines = (texts: string[]) => texts.map((text) => `${text}\n`).join('');
const filesIn = (found: Found[]) => found.filter(({ folder }) => !folder).map(({ path }) => path);
const sum = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

/** A folder in which packages are made of what is built. */
async function makeFolder(lab: Lab, name: string, environment = '') {
  const folder = join(lab.folder, name);
  for (const part of ['dist/node', 'dist/quickjs', 'LICENSE']) await cp(part, join(folder, part), { recursive: true });
  await build({
    entryPoints: ['lib/package/make.ts'],
    outfile: join(folder, 'make.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  const run = () => lab.router.run('sh', ['-c', `cd ${folder}; ${environment} ${process.execPath} make.mjs`]);
  return { folder, run };
}

let making: ReturnType<typeof makePackages> | undefined;

/** The packages of what is built, by their names, and what was printed; they are made once for all. */
function packages(lab: Lab) {
  making ??= makePackages(lab);
  return making;
}

async function makePackages(lab: Lab) {
  const { folder, run } = await makeFolder(lab, 'first');
  const said = await run();
  const made = await Promise.all(MADE.split('\n').map((name) => readFile(join(folder, name))));
  return { said, byName: Object.fromEntries(MADE.split('\n').map((name, i) => [name, made[i] as Buffer])) };
}

async function readPackage(lab: Lab, format: Format): Promise<PackageRead> {
  return format.read((await packages(lab)).byName[`dist/${format.name}`] as Buffer);
}

/** What the package manager lays down, in a root: as it would, its own records included. */
async function unpack(machine: Machine, lab: Lab, format: Format, read: PackageRead, root = '') {
  const stage = join(lab.folder, `stage${root.replaceAll('/', '-')}`);
  for (const { path, folder, mode, content } of read.found) {
    if (folder) await mkdir(stage + path, { recursive: true });
    else await writeFile(stage + path, content);
    await chmod(stage + path, mode);
  }
  for (const { path, text, mode } of format.extras(read)) {
    await mkdir(dirname(stage + path), { recursive: true });
    await writeFile(stage + path, text);
    await chmod(stage + path, mode);
  }
  // Here, /lib is a link.
  const to = `tar -C ${root || '/'} --keep-directory-symlink -xpf -`;
  return machine.run(`mkdir -p ${root || '/'}; tar -C ${stage} --owner=0 --group=0 -cf - . | ${to}`);
}

async function openwrt(machine: Machine, format: Format) {
  await machine.makeOpenwrt();
  await machine.write('/usr/lib/functions.sh', FUNCTIONS);
  const engine = format.engine.slice(format.engine.lastIndexOf('/') + 1);
  await machine.run(
    `[ -x /usr/bin/${engine} ] || ln -s $(PATH=$PATH:/usr/local/bin command -v ${format.engine}) /usr/bin/${engine}`,
  );
}

scenario('the packages are made', [], async (t, lab) => {
  const { said, byName } = await packages(lab);
  t.match(said, { stdout: MADE, stderr: '' });
  // Nothing of the time, the place, the user's settings, or of when and how the files came to be may be in them.
  const second = await makeFolder(lab, 'second', 'umask 077; TZ=Asia/Tokyo LC_ALL=C.UTF-8');
  await utimes(join(second.folder, 'dist/quickjs/main.js'), 1, 1);
  await chmod(join(second.folder, 'dist/node/main.mjs'), 0o600);
  await second.run();
  for (const [name, one] of Object.entries(byName)) {
    const other = await readFile(join(second.folder, name));
    t.equal(sum(one), sum(other), `${name}: the same source gives the same bytes`);
  }
  for (const { name, read } of [OPKG, APK]) {
    const whole = byName[`dist/${name}`] as Buffer;
    const before = JSON.stringify(read(whole));
    let refused = 0;
    for (let i = 0; i < 60; i++) {
      const flipped = Buffer.from(whole);
      const at = Math.floor((i * whole.length) / 60);
      flipped[at] = (flipped[at] as number) ^ (1 << (i % 7));
      try {
        // Deflate has a few bits that say nothing.
        t.equal(JSON.stringify(read(flipped)), before, `${name}: a bit of byte ${at}`);
      } catch {
        refused++;
      }
    }
    t.ok(refused > 57, `${name}: ${refused} of 60 flipped bits are found`);
  }
});

for (const format of [OPKG, APK]) {
  scenario(`the package ${format.name}`, [{}, {}], async (t, lab) => {
    await lab.configureAll();
    const machine = await Machine.create(lab);
    const read = await readPackage(lab, format);

    await openwrt(machine, format);
    await machine.write('/etc/crontabs/root', '0 4 * * * reboot');
    const before = await machine.tree();
    t.match(await unpack(machine, lab, format, read), { stdout: '', stderr: '', exitCode: 0 });

    // What the same program installs, but for what the package manager or its scripts do.
    const installed = await machine.run(`mkdir -p /run/a/etc/crontabs && touch /run/a/etc/openwrt_release
      mini-mwan install --root /run/a >/dev/null
      cd /run/a && rm -r etc/crontabs etc/openwrt_release usr/lib/mini-mwan/made
      find etc usr -type f | sort | while read -r path; do
        echo "/$path $(stat -c %a $path) $(sha256sum <$path | cut -c -64)"
      done`);
    const own = read.found.filter(({ folder, path }) => !folder && !path.startsWith('/lib/apk'));
    const packaged = own.map(({ path, mode, content }) => `${path} ${mode.toString(8)} ${sum(content)}`);
    t.equal(lines(packaged.sort()).trim(), installed.stdout, 'is what install lays down');
    await machine.run('rm -r /run/a');

    t.match(await machine.run(format.arrive), { stderr: '', exitCode: 0 });
    t.equal((await machine.run('cat /etc/asked; rm /etc/asked')).stdout, format.asked);
    const line = '* * * * * /usr/lib/mini-mwan/minute';
    t.equal((await machine.run('cat /etc/crontabs/root')).stdout, `${line}\n0 4 * * * reboot`);
    t.match(await machine.run('ls /etc/rc.d'), { stdout: 'S21mini-mwan' });

    t.match(await machine.run('mini-mwan --version'), { stdout: manifest.version, exitCode: 0 });
    t.match(await machine.run('mini-mwan validate'), { exitCode: 0 }, 'the program runs from where it is unpacked');
    await machine.run(`cp ${lab.config} /etc/config/mini-mwan; mini-mwan check`);
    t.equal((await lab.ours()).length, 2, 'a real round');
    for (const script of ['test.sh', 'test-version.sh']) {
      const env = { PKG_NAME: 'mini-mwan', PKG_VERSION: manifest.version };
      t.match(await machine.run(`sh ${process.cwd()}/openwrt/${script}`, { env }), { exitCode: 0, stderr: '' }, script);
    }
    for (const command of ['install', 'uninstall']) {
      t.match(await machine.run(`mini-mwan ${command}`), { exitCode: 3, stderr: /is here as a package/ });
    }

    await machine.run('/etc/init.d/mini-mwan disable');
    t.match(await machine.run(format.upgrade, { env: { PKG_UPGRADE: '1' } }), { stderr: '', exitCode: 0 });
    t.match(await machine.run('ls /etc/rc.d'), { stdout: '' }, 'what the user disabled stays so when it is updated');
    t.equal((await machine.run('cat /etc/crontabs/root')).stdout, `${line}\n0 4 * * * reboot`, 'once');

    await until(async () => !(await machine.busy()));
    t.match(await machine.run(format.leave), { stderr: '', exitCode: 0 });
    t.strictSame(await lab.ours(), [], 'removing it removes the routes');
    await machine.run(`rm ${filesIn(read.found).join(' ')} /etc/asked`);
    t.match(await machine.run(format.left), { stdout: '', stderr: '', exitCode: 0 });
    t.match(await machine.run('cat /etc/asked; rm /etc/asked'), { stdout: 'rpcd reload' }, 'rpcd forgets the method');
    const gone = format.extras(read).map(({ path }) => path);
    const folders = read.found.filter(({ folder }) => folder).map(({ path }) => path);
    await machine.run(`rm ${gone.join(' ')}
      rmdir -p ${OPKG_INFO} ${APK_SCRIPTS} ${folders.reverse().join(' ')} 2>/dev/null`);
    t.equal(await machine.tree(), before, 'nothing is left, and the crontab is as it was');
  });

  scenario(`${format.name} in an image that is being built`, [], async (t, lab) => {
    await lab.configureAll();
    const machine = await Machine.create(lab);
    await openwrt(machine, format);
    const root = '/run/image';
    await unpack(machine, lab, format, await readPackage(lab, format), root);
    await machine.run(`mkdir -p ${root}/lib; cp /usr/lib/functions.sh ${root}/lib/`);
    for (const shell of ['sh', 'bash', 'busybox ash']) {
      for (const script of [format.arrive, format.leave, format.left]) {
        const run = await machine.run(`${shell} ${root}${script}`, { env: { IPKG_INSTROOT: root } });
        t.match(run, { stdout: '', stderr: '', exitCode: 0 }, `${shell} ${script}`);
      }
    }
    t.equal((await machine.run('cat /etc/asked')).stdout, '', 'the machine that builds it is left alone');
    t.equal((await machine.run('ls /etc/crontabs')).stdout, '');
  });
}
