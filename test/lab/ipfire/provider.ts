import { join } from 'node:path';
import type { Lab } from '../lab.js';
import type { Host } from '../namespaces.js';
import { dialled, gateway, network } from './settings.js';

/** Leases for the line of this ISP: of addresses from the host `first` on. */
const dnsmasq = (i: number, leases: string, first: number) => [
  '--keep-in-foreground',
  '--conf-file=/dev/null',
  '--pid-file',
  '--log-facility=-',
  '--user=root',
  '--port=0',
  '--interface=wan',
  '--bind-dynamic',
  `--dhcp-range=${network(i)}.${first},${network(i)}.${first + 40},255.255.255.0,1h`,
  `--dhcp-option=option:router,${gateway(i)}`,
  `--dhcp-option=option:dns-server,${gateway(i)}`,
  '--dhcp-rapid-commit',
  '--dhcp-authoritative',
  '--no-ping',
  `--dhcp-leasefile=${leases}`,
];

/** The other end of a dialled line, for ever: what the line carries when a pppd is at this end. */
const CONCENTRATOR = `while :; do
  socat TUN,tun-name=ppp,tun-type=tun,iff-no-pi,iff-up 'UDP6-DATAGRAM:[ff02::1%wan]:4000,bind=[::]:4001,so-bindtodevice=wan'
  sleep 0.05
done`;

/** What the ISP of line i has beside the cable. */
export class Provider {
  private readonly isp: Host;
  private dhcp: ReturnType<Host['start']> | undefined;
  private dials = false;

  constructor(
    private readonly lab: Lab,
    private readonly i: number,
  ) {
    this.isp = lab.isp(i + 1);
  }

  /** Starts or stops its DHCP server; it remembers its leases, as far as they are in its range. */
  async dhcpServer(on: boolean, first: number): Promise<void> {
    if (!on) {
      this.dhcp?.kill();
      await this.dhcp;
      this.dhcp = undefined;
      return;
    }
    if (this.dhcp) return;
    const server = this.isp.start('dnsmasq', dnsmasq(this.i, join(this.lab.folder, `leases${this.i}`), first));
    this.dhcp = server;
    // It speaks when it listens.
    await new Promise((resolve, reject) => {
      server.stderr?.once('data', resolve);
      server.then(({ stderr }) => reject(new Error(`no DHCP server: ${stderr}`)));
    });
  }

  /** Lets lines be dialled. */
  async concentrator(): Promise<void> {
    if (this.dials) return;
    this.dials = true;
    await this.isp.ipAll([
      'tuntap add dev ppp mode tun',
      `addr add ${gateway(this.i)} peer ${dialled(this.i)} dev ppp`,
      'link set ppp up',
    ]);
    this.isp.start('sh', ['-c', CONCENTRATOR]);
  }
}
