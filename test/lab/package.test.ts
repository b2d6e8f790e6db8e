import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { until } from './lab.js';
import { Machine } from './machine.js';
import { scenario } from './scenario.js';

const NAME = `mini-mwan_${manifest.version}-1_all.ipk`;
const SCRIPT = join(process.cwd(), 'lib/package/ipk.sh');
const INFO = '/usr/lib/opkg/info/mini-mwan';

/** Unpacks as opkg does: the files into the root, the rest into its own folder, with the name of the package in front. */
const unpack = (root: string) => `set -e
mkdir -p /run/ipk ${root}/usr/lib/opkg/info
tar -xzf ${join(process.cwd(), 'dist', NAME)} -C /run/ipk
tar -xzpf /run/ipk/data.tar.gz -C ${root || '/'}
mkdir -p /run/ipk/control && tar -xzpf /run/ipk/control.tar.gz -C /run/ipk/control
for file in /run/ipk/control/*; do cp -p $file ${root}${INFO}.\${file##*/}; done
rm -r /run/ipk`;

scenario('the package', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const machine = await Machine.create(lab);
  const repository = `cd ${process.cwd()}`;
  const sum = async () => (await machine.run(`${repository}; sha256sum dist/${NAME}`)).stdout;

  const made = await machine.run(SCRIPT);
  t.match(made, { stdout: `dist/${NAME}`, stderr: '', exitCode: 0 });
  const first = await sum();
  // Nothing of the time, the user's settings or the folder's order may be in it.
  await machine.run(`rm ${repository.slice(3)}/dist/${NAME}; umask 077; TZ=Asia/Tokyo ${SCRIPT}`);
  t.equal(await sum(), first, 'the same source gives the same bytes');

  const inside = await machine.run(`tar -tzf ${process.cwd()}/dist/${NAME}`);
  t.equal(inside.stdout, './debian-binary\n./data.tar.gz\n./control.tar.gz');

  await machine.makeOpenwrt();
  await machine.write('/etc/crontabs/root', '0 4 * * * reboot');
  const before = await machine.tree();
  t.match(await machine.run(unpack('')), { stderr: '', exitCode: 0 });
  const control = (await machine.run(`cat ${INFO}.control`)).stdout;
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(control)?.[1];
  t.equal(field('Package'), 'mini-mwan');
  t.equal(field('Version'), `${manifest.version}-1`);
  t.equal(field('Architecture'), 'all');
  t.equal(field('Depends'), 'node, ip-full');
  t.ok(Number(field('Installed-Size')) > 200_000);
  t.ok(field('Description'));
  t.equal((await machine.run(`cat ${INFO}.conffiles`)).stdout, '/etc/config/mini-mwan');

  // What the same program installs, but for what the package manager or its scripts do.
  const files = 'find etc usr ! -type d -printf "%p %m %U:%G\\n" | sort; find etc usr -type f | sort | xargs sha256sum';
  const installed = await machine.run(`mkdir -p /run/a/etc/crontabs && touch /run/a/etc/openwrt_release
    mini-mwan install --root /run/a >/dev/null
    cd /run/a && rm -r etc/crontabs etc/openwrt_release usr/lib/mini-mwan/made && ${files}`);
  const packaged = await machine.run(
    `mkdir /run/b && ${unpack('/run/b')}; cd /run/b && rm -r usr/lib/opkg && ${files}`,
  );
  t.match(packaged.stdout, 'usr/bin/mini-mwan 755 0:0');
  t.equal(packaged.stdout, installed.stdout, 'is what install lays down');
  await machine.run('rm -r /run/a /run/b');

  t.match(await machine.run(`${INFO}.postinst`), { stderr: '', exitCode: 0 });
  t.equal((await machine.run('cat /etc/asked; rm /etc/asked')).stdout, 'rpcd reload\ncron enable\ncron restart');
  const line = '* * * * * /usr/lib/mini-mwan/minute';
  t.equal((await machine.run('cat /etc/crontabs/root')).stdout, `${line}\n0 4 * * * reboot`);
  await machine.run(`${INFO}.postinst; rm /etc/asked`);
  t.equal((await machine.run('cat /etc/crontabs/root')).stdout, `${line}\n0 4 * * * reboot`, 'once');

  t.match(await machine.run('mini-mwan validate'), { exitCode: 0 }, 'the program runs from where it is unpacked');
  await machine.run(`cp ${lab.config} /etc/config/mini-mwan; mini-mwan check`);
  t.equal((await lab.ours()).length, 2, 'a real round');
  for (const command of ['install', 'uninstall']) {
    t.match(await machine.run(`mini-mwan ${command}`), { exitCode: 3, stderr: /is here as a package/ });
  }

  await until(async () => !(await machine.busy()), 10_000);
  t.match(await machine.run(`${INFO}.prerm`), { stderr: '', exitCode: 0 });
  t.strictSame(await lab.ours(), [], 'removing it removes the routes');
  await machine.run(`tar -xzOf ${process.cwd()}/dist/${NAME} ./data.tar.gz | tar -tz | sed 's/^\\.//' | sort -r |
    while read -r path; do [ -d "$path" ] && rmdir "$path" || rm -f "$path"; done 2>/dev/null
    rm -r /usr/lib/opkg /run/mini-mwan.* /etc/asked`);
  t.equal(await machine.tree(), before, 'and the crontab is as it was');
});

scenario('the package in an image that is being built', [], async (t, lab) => {
  await lab.configureAll();
  const machine = await Machine.create(lab);
  await machine.makeOpenwrt();
  await machine.run(SCRIPT);
  await machine.run(unpack('/run/image'));
  await machine.run('mkdir -p /run/image/lib; cp /usr/lib/functions.sh /run/image/lib/');
  const env = { IPKG_INSTROOT: '/run/image' };
  for (const shell of ['sh', 'busybox ash']) {
    for (const script of ['postinst', 'prerm']) {
      const run = await machine.run(`${shell} /run/image${INFO}.${script}`, { env });
      t.match(run, { stdout: '', stderr: '', exitCode: 0 });
    }
  }
  t.equal((await machine.run('cat /etc/asked')).stdout, '', 'the machine that builds it is left alone');
  t.equal((await machine.run('ls /etc/crontabs')).stdout, '');
});
