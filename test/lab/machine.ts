import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lab, until } from './lab.js';

/** OpenWrt's rc.common with procd, as far as a service without instances goes. */
const RC_COMMON = `
initscript=$1 action=$2 name=\${1##*/}
service_triggers() { :; }
procd_add_reload_trigger() { echo "trigger $*" >/run/procd; }
. "$initscript"
start() { start_service; service_triggers; }
stop() { stop_service; rm -f /run/procd; }
restart() { stop; start; }
reload() { start; }
running() { service_running; }
enable() { mkdir -p /etc/rc.d; ln -sf "../init.d/$name" "/etc/rc.d/S$START$name"; }
disable() { rm -f /etc/rc.d/S??$name; [ ! -d /etc/rc.d ] || rmdir --ignore-fail-on-non-empty /etc/rc.d; }
$action
`;
/** Tells the package's scripts which services there are; as OpenWrt's of that name, in short. */
const FUNCTIONS = `
default_postinst() {
	local script="$IPKG_INSTROOT/usr/lib/opkg/info/mini-mwan.postinst-pkg"
	[ ! -f "$script" ] || ( . "$script" )
	[ -n "$IPKG_INSTROOT" ] || for action in enable start; do /etc/init.d/mini-mwan $action; done
}
default_prerm() {
	local script="$IPKG_INSTROOT/usr/lib/opkg/info/mini-mwan.prerm-pkg"
	[ ! -f "$script" ] || ( . "$script" )
	[ -n "$IPKG_INSTROOT" ] || for action in disable stop; do /etc/init.d/mini-mwan $action; done
}
`;

/** qjs may be one that was built here. */
const PATH = '/usr/sbin:/usr/bin:/usr/local/bin';

/** The lab's router as a machine of its own, on which anything may be installed: /etc and /run are empty, /usr is a copy. */
export class Machine {
  private constructor(
    private readonly lab: Lab,
    private readonly pid: string,
  ) {}

  static async create(lab: Lab): Promise<Machine> {
    const at = (name: string) => join(lab.folder, name);
    for (const name of ['etc', 'run', 'upper', 'work']) await mkdir(at(name), { recursive: true });
    const overlay = `lowerdir=/usr,upperdir=${at('upper')},workdir=${at('work')}`;
    const mounts = `mount -t overlay overlay -o ${overlay} /usr; mount --bind ${at('etc')} /etc; mount --bind ${at('run')} /run`;
    // Whoever enters the namespace of this process is on the machine.
    lab.router.start('sh', ['-c', `set -e; ${mounts}; echo $$ >${at('pid')}; exec sleep infinity`]);
    let pid = '';
    await until(async () => {
      pid = (await lab.router.run('cat', [at('pid')])).stdout;
      return pid !== '';
    });
    const machine = new Machine(lab, pid);
    await machine.write('/etc/config/network', '');
    return machine;
  }

  /** What an OpenWrt has beyond a Linux: services that write down what is asked of them. */
  async makeOpenwrt(): Promise<void> {
    await this.write('/etc/openwrt_release', "DISTRIB_ID='OpenWrt'\n");
    await this.write('/etc/rc.common', RC_COMMON, '755');
    await this.write('/usr/lib/functions.sh', FUNCTIONS);
    for (const name of ['cron', 'rpcd']) {
      await this.write(`/etc/init.d/${name}`, `#!/bin/sh\necho "${name} $1" >>/etc/asked\n`, '755');
    }
  }

  /** Runs a shell script. */
  async run(script: string, { shell = 'sh', env = {} }: { shell?: string; env?: Record<string, string> } = {}) {
    const variables = Object.entries({ PATH: PATH, LC_ALL: 'C', ...env }).map(([k, v]) => `${k}=${v}`);
    const words = ['-t', this.pid, '-m', 'env', '-i', ...variables, ...shell.split(' '), '-c', script];
    return this.lab.router.run('nsenter', words, { reject: false });
  }

  /** Runs the built program from where it was built. */
  async mwan(command: string) {
    return this.run(`${this.lab.program.join(' ')} ${command}`);
  }

  async write(path: string, text: string, mode = '644'): Promise<void> {
    const file = join(this.lab.folder, 'text');
    await writeFile(file, text);
    await this.run(`mkdir -p ${path.slice(0, path.lastIndexOf('/'))} && install -m ${mode} ${file} ${path}`);
  }

  /** Everything that an installation could change: names, kinds, modes, contents. */
  async tree(): Promise<string> {
    const ours = '/etc /run /usr/libexec /usr/share/rpcd /usr/lib/mini-mwan';
    const show = "-printf '%p %y %m %l\\n'";
    const list = `find ${ours} ${show}; find /usr -maxdepth 2 ! -path '/usr/bin/*' ${show}`;
    const sums = `find ${ours} -type f -exec sha256sum {} + 2>/dev/null | sort`;
    return (await this.run(`{ ${list}; } 2>/dev/null | sort -u; ls /usr/bin; ${sums}`)).stdout;
  }

  /** Processes on the router other than the ones that hold the lab up. */
  async busy(): Promise<boolean> {
    const { stdout } = await this.lab.router.run('sh', [
      '-c',
      `for pid in $(ip netns pids ${this.lab.router.namespace}); do tr '\\0' ' ' </proc/$pid/cmdline; echo; done`,
    ]);
    return /mini-mwan|25-|minute/.test(stdout.replaceAll(this.lab.folder, ''));
  }
}
