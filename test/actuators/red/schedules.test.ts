import tap from 'tap';
import { holderOf, PRIMARY } from '../../../lib/actuators/red/role.js';
import { sameBlock } from '../../../lib/config/ipfire/block.js';
import { isDialled } from '../../../lib/config/ipfire/ppp.js';
import type { UplinkType } from '../../../lib/uplink.js';
import { createRandom, type Random } from '../../random.js';
import { Ipfire, uplinkOf } from './ipfire.js';

const SCHEDULES = 200;
const LENGTH = 40;
const TYPES: UplinkType[] = ['STATIC', 'DHCP', 'PPPOE', 'QMI'];

/** A machine, its operator, and all that can befall them. */
class Schedule {
  private readonly ipfire: Ipfire;
  /** What the operator has configured: the block of RED, and the dial profile. */
  private own: { block: Ipfire['block']; dial: number };
  private readonly dead = new Set<string>();
  private edits = 0;
  readonly log: string[] = [];

  constructor(private readonly random: Random) {
    const backups = [1, 2, 3].map((i) => ({
      name: `backup${i}`,
      uplink: uplinkOf(random.pick(TYPES), random.below(4) === 0 ? 'red0' : `red${i}`),
    }));
    const primary = { name: PRIMARY, uplink: uplinkOf(random.pick(TYPES), 'red0') };
    this.log.push([primary, ...backups].map(({ uplink }) => `${uplink.type} ${uplink.device}`).join(', '));
    this.ipfire = new Ipfire([primary, ...backups], (name) => !this.dead.has(name));
    this.own = { block: this.ipfire.block, dial: 1 };
  }

  /** @returns what is wrong, in words */
  run(): string | undefined {
    for (let i = 0; i < LENGTH; i++) {
      if (this.random.below(2) === 0) this.befall();
      const lost = this.round() ?? this.loss();
      if (lost !== undefined) return lost;
      this.ipfire.wait(this.random.below(30));
    }
    this.dead.clear();
    const { ipfire, own } = this;
    for (const _ of [1, 2]) ipfire.steps(PRIMARY).every((step) => ipfire.take(step));
    if (ipfire.role?.hungUp) ipfire.start();
    ipfire.settle(PRIMARY);
    if (!sameBlock(ipfire.block, own.block)) return 'at the end, RED is not as the operator has it';
    if (!('link' in ipfire.ppp) || ipfire.ppp.link !== own.dial) return 'at the end, another dial profile is in use';
    const { active, iface, routed, firewall, role } = ipfire;
    if (ipfire.isOnline(PRIMARY) && !role) return undefined;
    return `at the end, the primary does not have RED: ${JSON.stringify({ active, iface, routed, firewall, role, own })}`;
  }

  /** A round, which may be killed at any step, and in which things may happen. */
  private round(): string | undefined {
    const { ipfire, random } = this;
    const wish = ipfire.lines.find(({ name }) => !this.dead.has(name))?.name ?? holderOf(ipfire.red);
    const steps = ipfire.steps(wish);
    this.log.push(`${wish}: ${steps.map((step) => step.do).join(', ')}`);
    for (const step of steps) {
      if (random.below(12) === 0) return this.note('killed');
      if (random.below(12) === 0) this.befall();
      if (!ipfire.take(step)) return this.note('refused');
      const lost = this.loss();
      if (lost !== undefined) return `${step.do}: ${lost}`;
    }
    return undefined;
  }

  /** Are the operator's settings neither in IPFire's file nor remembered? */
  private loss(): string | undefined {
    const { role, block } = this.ipfire;
    const known = [block, ...(role ? [role.primary.block] : [])].some((one) => sameBlock(one, this.own.block));
    return known ? undefined : 'the operator’s settings of RED are lost';
  }

  private note(what: string): undefined {
    this.log.push(what);
  }

  private befall(): void {
    const { ipfire, random, own } = this;
    const { name } = random.pick(ipfire.lines);
    const befallings: Record<string, () => void> = {
      [`${name} dies`]: () => this.dead.add(name),
      [`${name} is healed`]: () => this.dead.delete(name),
      reboot: () => ipfire.reboot(),
      'RED is taken down': () => {
        ipfire.active = false;
        ipfire.firewall = undefined;
      },
      'the default route is gone': () => {
        ipfire.routed = undefined;
      },
      'hung up': () => ipfire.stop(),
      dialled: () => {
        ipfire.stop();
        ipfire.start();
      },
      'set up': () => {
        const { block } = uplinkOf(random.pick(TYPES), 'red9');
        own.block = { ...block, RED_DESCRIPTION: `edit ${++this.edits}` };
        const old = ipfire.block;
        ipfire.setUp(own.block);
        // As setup does at its end, before or behind it.
        if (random.below(2) === 0 && !isDialled({ type: own.block.RED_TYPE as UplinkType })) return;
        ipfire.block = random.pick([old, own.block]);
        ipfire.stop();
        ipfire.block = own.block;
        ipfire.start();
      },
      'a dial profile is chosen': () => {
        // Its page is there for nothing else.
        if (!isDialled({ type: ipfire.block.RED_TYPE as UplinkType })) return;
        own.dial = 1 + random.below(5);
        ipfire.ppp = { link: own.dial };
      },
    };
    const what = random.pick(Object.keys(befallings));
    this.log.push(`*** ${what}`);
    befallings[what]?.();
  }
}

tap.test(`${SCHEDULES} schedules of faults, kills and edits: nothing of the operator's is lost`, async (t) => {
  for (let seed = 1; seed <= SCHEDULES; seed++) {
    const schedule = new Schedule(createRandom(seed));
    let wrong: string | undefined;
    try {
      wrong = schedule.run();
    } catch (error) {
      wrong = (error as Error).message;
    }
    if (wrong === undefined) continue;
    t.fail(`schedule ${seed}: ${wrong}`, { log: schedule.log });
    return;
  }
  t.pass();
});
