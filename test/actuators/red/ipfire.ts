import { holderOf, isKnown, PRIMARY } from '../../../lib/actuators/red/role.js';
import type { Line, Step } from '../../../lib/actuators/red/step.js';
import { stepsTo } from '../../../lib/actuators/red/steps.js';
import { isDialled } from '../../../lib/config/ipfire/ppp.js';
import type { Dial, Red, Role, Uplink, UplinkType, Values } from '../../../lib/uplink.js';

/** A line as tests name it: `static red1`. */
export function uplinkOf(type: UplinkType, device: string): Uplink {
  const isFixed = type === 'STATIC';
  const fixed = { address: `192.0.2.${device.slice(-1)}`, prefix: 24, gateway: '192.0.2.254' };
  return {
    type,
    device,
    ...(isFixed ? { fixed } : {}),
    block: {
      RED_TYPE: isDialled({ type }) ? 'PPPOE' : type,
      RED_DEV: device,
      RED_ADDRESS: isFixed ? fixed.address : '0.0.0.0',
      DEFAULT_GATEWAY: isFixed ? fixed.gateway : '0.0.0.0',
    },
    ...(isDialled({ type }) ? { dial: { values: { TYPE: type.toLowerCase() } } } : {}),
  };
}

/** The device that RED has by a line. */
function ifaceOf(uplink: Uplink): string {
  return isPpp(uplink) ? 'ppp0' : uplink.device;
}

/** Is it connectd that waits for the line? A modem by QMI has a DHCP client. */
function isPpp(uplink: Uplink): boolean {
  return isDialled(uplink) && uplink.type !== 'QMI';
}

/** Uptime that passes between two rounds: s. */
const BETWEEN = 10;

/** IPFire as far as it concerns RED, by what is known of its scripts; nothing of it is real. */
export class Ipfire {
  role: Role | undefined;
  block: Values;
  /** What ppp/settings is: a link to dial profile 1, or another one. */
  ppp: Dial = { link: 1 };
  active = false;
  kept = false;
  connectd = false;
  iface: string | undefined;
  /** Device of the default route. */
  routed: string | undefined;
  /** Device that the firewall lets the LAN out of. */
  firewall: string | undefined;
  /** Devices with an address, by whoever gave it. */
  readonly up = new Set<string>();
  uptime = 100;
  bootId = 'boot';
  private starts: { at: number; work: () => void }[] = [];

  /** @param works lines that come up when they are started */
  constructor(
    readonly lines: { name: string; uplink: Uplink }[],
    public works: (name: string) => boolean = () => true,
  ) {
    this.block = this.line(PRIMARY).uplink.block;
    this.come(PRIMARY);
  }

  line(name: string): { name: string; uplink: Uplink } {
    return this.lines.find((line) => line.name === name) as { name: string; uplink: Uplink };
  }

  get red(): Red {
    const { role, block, active, kept, iface, uptime, bootId } = this;
    const working = !active && (this.connectd || this.starts.length > 0);
    return {
      now: { uptime, bootId },
      patience: 90,
      block,
      active,
      kept,
      ...('link' in this.ppp ? { dial: this.ppp.link } : {}),
      ...(role ? { role } : {}),
      ...(iface === undefined ? {} : { iface }),
      ...(working ? { working } : {}),
    };
  }

  /** A line as a round sees it: those that wait have their address by the tables of their own. */
  seen(name: string): Line {
    const { uplink } = this.line(name);
    const isHolder = holderOf(this.red) === name;
    const beside = !isHolder && uplink.device !== this.line(holderOf(this.red)).uplink.device;
    const here = this.up.has(uplink.device) || beside;
    const place = {
      device: uplink.device,
      address: uplink.fixed?.address ?? '198.51.100.7',
      prefix: 24,
      gateway: '192.0.2.254',
    };
    return {
      name,
      uplink,
      present: true,
      linkUp: isHolder ? this.up.has(uplink.device) || this.active || !this.stopped : true,
      ...(isDialled(uplink) || !here ? {} : { place }),
    };
  }

  private stopped = false;

  /** The operator has set RED up anew. */
  setUp(block: Values): void {
    this.block = block;
    this.readPrimary();
  }

  /** As the configuration reads it. */
  private readPrimary(): void {
    const { role, block } = this;
    const own = role && isKnown(role, block) ? role.primary.block : block;
    const { RED_TYPE = '', RED_DEV = '', RED_ADDRESS: address = '', DEFAULT_GATEWAY: gateway = '' } = own;
    const { uplink } = this.line(PRIMARY);
    if (uplink.block === own) return;
    const type = RED_TYPE as UplinkType;
    const fixed = type === 'STATIC' ? { fixed: { address, prefix: 24, gateway } } : {};
    const dial = isDialled({ type }) ? { dial: { number: 1 } } : {};
    this.line(PRIMARY).uplink = { type, device: RED_DEV, ...fixed, ...dial, block: own };
  }

  steps(wish: string): Step[] {
    this.readPrimary();
    const line = this.seen(wish);
    const holder = this.seen(holderOf(this.red));
    return stepsTo({ line, holder, routed: this.routed === ifaceOf(line.uplink) }, this.red);
  }

  /** Rounds until there is nothing more to do. @returns how many */
  settle(wish: string): number {
    for (let rounds = 1; rounds < 40; rounds++) {
      const steps = this.steps(wish);
      for (const step of steps) this.take(step);
      if (steps.length === 0 && this.starts.length === 0 && !this.role?.start) return rounds;
      this.wait(BETWEEN);
    }
    throw new Error(`RED does not settle on ${wish}: ${JSON.stringify(this.red)}`);
  }

  wait(seconds: number): void {
    this.uptime += seconds;
    const due = this.starts.filter(({ at }) => at <= this.uptime);
    this.starts = this.starts.filter(({ at }) => at > this.uptime);
    for (const { work } of due) work();
  }

  /** @returns false: it was refused, and what comes behind it is not done */
  take(step: Step): boolean {
    switch (step.do) {
      case 'remember':
        this.role = step.role;
        break;
      case 'hang up':
        this.connectd = false;
        break;
      case 'stop':
        this.stop();
        break;
      case 'write':
        // As lib/system/ipfire/write.ts does.
        if (this.role && !isKnown(this.role, this.block)) return false;
        this.block = step.block;
        break;
      case 'dial':
        // As lib/system/ipfire/dial.ts does.
        if (this.role && 'link' in this.ppp && this.ppp.link !== this.role.primary.dial) return false;
        this.ppp = step.dial;
        break;
      case 'start':
        this.start();
        break;
      case 'claim':
        this.iface = this.routed = step.place.device;
        this.up.add(step.place.device);
        this.active = true;
        break;
      case 'hooks':
        this.firewall = this.iface;
        break;
      case 'ip':
        if (step.args.includes('del') && this.routed === step.args.at(-1)) this.routed = undefined;
        if (step.args.slice(0, 3).join(' ') === 'route replace default') this.routed = step.args.at(-1);
    }
    return true;
  }

  /** What runs is torn down by the settings of this moment: with others, it stays. */
  stop(): void {
    const { RED_DEV = '' } = this.block;
    if (this.routed === RED_DEV || this.routed === 'ppp0') this.routed = undefined;
    this.up.delete(RED_DEV);
    this.active = this.kept = this.connectd = false;
    this.starts = [];
    this.stopped = true;
  }

  start(): void {
    const { RED_TYPE, RED_DEV } = this.block;
    const found = this.lines.find(
      ({ name, uplink }) =>
        uplink.device === RED_DEV &&
        uplink.block.RED_TYPE === RED_TYPE &&
        (!isDialled(uplink) || this.dials() === name),
    );
    this.stopped = false;
    this.kept = this.connectd = found ? isPpp(found.uplink) : RED_TYPE === 'PPPOE';
    if (!found) return;
    const { name } = found;
    this.starts.push({
      at: this.uptime + 5,
      work: () => {
        this.connectd = false;
        if (this.works(name) && !this.stopped) this.come(name);
      },
    });
  }

  /** The line that ppp/settings dials. */
  private dials(): string | undefined {
    const { ppp } = this;
    return 'profile' in ppp ? ppp.profile : PRIMARY;
  }

  private come(name: string): void {
    const { uplink } = this.line(name);
    this.iface = this.routed = this.firewall = ifaceOf(uplink);
    this.up.add(uplink.device);
    this.active = true;
    this.kept = isPpp(uplink);
  }

  /** The power was off: what is on the disk is left, and the boot scripts start RED by it. */
  reboot(): void {
    this.starts = [];
    this.up.clear();
    this.active = this.kept = this.connectd = false;
    this.routed = this.firewall = undefined;
    this.uptime = 40;
    this.bootId += '+';
    this.start();
  }

  /** Does the LAN's traffic go by this line, and nothing else hold it? */
  isOnline(name: string): boolean {
    const device = ifaceOf(this.line(name).uplink);
    return this.active && [this.iface, this.routed, this.firewall].every((known) => known === device);
  }
}
