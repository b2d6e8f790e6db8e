import assert from 'node:assert/strict';
import tap from 'tap';
import type { Planner } from '../../../lib/actuators/actuator.js';
import { PLANNER } from '../../../lib/actuators/inbound/inbound.js';
import { find } from '../../../lib/actuators/inbound/kind.js';
import { marking6, PLANNER as PLANNER6 } from '../../../lib/actuators/inbound/six.js';
import { findWays } from '../../../lib/actuators/tables/find.js';
import { plannerOf } from '../../../lib/actuators/translation/translation.js';
import type { Path, Rule, TableRoute, Word } from '../../../lib/model.js';
import { plan as planBy } from '../../../lib/plan.js';
import { readChoices } from '../../../lib/state/balance.js';
import { makeLink, makePath, makeRoute } from '../../make.js';
import { createRandom, type Random } from '../../random.js';
import { Kernel } from './kernel.js';

const MASK = 0xff000000;
const WANS = [1, 2, 3];
/** Of flows that are led. */
const ledMark = (i: number) => (256 - i) * 2 ** 24;
const INTERNET = '9.9.9.9';
const LAN = '192.168.1.7';

const route = (text: string, table = '254'): TableRoute => ({ ...makeRoute(text), table });
const MAIN: Rule = { priority: 32766, table: '254', main: true, conditional: false, protocol: '2' };

/** What others may have, in whatever order it comes and goes. */
const FOREIGN_RULES: Rule[] = [
  { priority: 32765, table: '51820', main: false, conditional: true, protocol: '3' },
  { priority: 32764, table: '100', main: false, conditional: true, from: LAN, protocol: '3' },
  { priority: 769, table: '254', main: true, conditional: false, suppress: 0, protocol: '3' },
  { priority: 1001, table: '1', main: false, conditional: true, mark: 0x100, mask: 0x3f00, protocol: '3' },
  { priority: 30000, table: '256', main: false, conditional: true, mark: 0x10000, mask: 0xff0000, protocol: '3' },
  { priority: 5, table: '100', main: false, conditional: true, from: LAN, protocol: '3' },
];
const FOREIGN_ROUTES = [
  route('default dev vpn0', '51820'),
  route('default dev vpn0', '100'),
  route('10.99.0.0/16 dev vpn0'),
  route('0.0.0.0/1 dev vpn0'),
  route('198.51.100.0/24 dev vpn0', '7799'),
];

/** A router with three lines, and what happens to it. */
class Router {
  readonly kernel: Kernel;
  /** What decides, one after the other. */
  private readonly planners: Planner<unknown>[];

  /** @param family 6: the same by what is for IPv6, which does not look into addresses */
  constructor(private readonly family?: 6) {
    const lines = WANS.map((i) => makeLink(`eth${i}`));
    const lan = makeLink('eth0', { addresses: [{ address: '192.168.1.1', prefix: 24 }] });
    const routes = [route('192.168.1.0/24 dev eth0'), route('default via 10.0.1.1 dev eth1')];
    this.kernel = new Kernel({ links: [...lines, lan], rules: [MAIN], routes }, family);
    this.planners = (family ? [PLANNER6, plannerOf(marking6)] : [PLANNER]) as Planner<unknown>[];
  }

  asked = new Set<number>();
  /** Those from whose addresses packets are led, too. */
  bonded = new Set<number>();
  /** New flows are led. */
  led = false;
  /** Some of them are led away from a line. */
  steered = false;
  gateways = [1, 1, 1];
  words = new Map<string, Word>();
  mode: 'failover' | 'multiuplink' = 'failover';

  paths(): Path[] {
    return WANS.map((i) => {
      const link = this.kernel.links.find(({ device }) => device === `eth${i}`);
      const isAsked = this.asked.has(i);
      const inbound = {
        ...{ table: 7700 + i - 1, mask: MASK, ...(this.led && { led: ledMark(i) }) },
        ...(isAsked ? { mark: i * 2 ** 24 } : { unanswered: true as const }),
      };
      const gateway = `10.0.${i}.${this.gateways[i - 1]}`;
      return makePath(
        i,
        10 * i,
        { ...(link && { link }), gateway },
        {
          ...(this.family && { family: this.family }),
          ...(isAsked || this.led ? { inbound, ...(this.bonded.has(i) && { mptcp: true as const }) } : {}),
        },
      );
    });
  }

  private see() {
    return this.family ? this.kernel.look6() : this.kernel.look();
  }

  /** All that there is of ours. */
  left(): { kind: string }[] {
    const seen = this.see();
    if (!seen.six) return find(seen);
    return [...findWays(seen.six, 6), ...(seen.six.translation.comments ? [{ kind: 'marks' }] : [])];
  }

  private plan(planner: Planner<unknown>) {
    const view = { seen: this.see(), paths: this.paths() };
    const leads = { classes: { fast: [46], bulk: [8] }, choices: readChoices(['fast wan1 0 - -', 'bulk wan3 0 - -']) };
    const match = { dscp: [46], ports: [], addresses: [INTERNET] };
    const steers = [{ name: 'voice', match, from: ['wan1'], by: 'wan2' }];
    const steered = this.led && this.steered ? { steers } : {};
    const course = { mode: this.mode, sticky: this.mode === 'multiuplink', ...(this.led && { leads }), ...steered };
    return planBy(planner, course, view, this.words);
  }

  /** A round. @param stopAfter so many commands: it is killed */
  round(stopAfter = Number.POSITIVE_INFINITY): void {
    let done = 0;
    for (const planner of this.planners) {
      for (let looks = 0; ; looks++) {
        const { changes } = this.plan(planner);
        if (changes.length === 0) break;
        if (looks === 3) throw new Error('it never comes to an end');
        for (const { command } of changes) {
          if (done++ >= stopAfter) return;
          this.kernel.execute(command);
        }
      }
    }
  }

  foreign() {
    const { rules, routes } = this.kernel;
    const isForeign = ({ protocol }: { protocol?: string }) => protocol !== '77';
    return structuredClone([rules.filter(isForeign), routes.filter(isForeign)]);
  }

  happen(random: Random): void {
    const { kernel } = this;
    const i = random.pick(WANS);
    const toggle = <T>(list: T[], thing: T) => {
      const at = list.findIndex((other) => JSON.stringify(other) === JSON.stringify(thing));
      if (at >= 0) list.splice(at, 1);
      else list.push(structuredClone(thing));
    };
    random.pick([
      () => kernel.set(`eth${i}`, random.pick(['up', 'up', 'down', 'no_carrier'])),
      () => {
        this.gateways[i - 1] = random.pick([1, 254]);
      },
      () => {
        const link = kernel.links[i - 1];
        if (link)
          link.addresses = random
            .pick([[], [`10.0.${i}.2`], [`10.0.${i}.3`, `10.0.${i}.2`], ['10.0.1.2']])
            .map((address) => ({ address, prefix: 24 }));
      },
      () => void (this.asked.delete(i) || this.asked.add(i)),
      () => {
        this.led = !this.led;
      },
      () => {
        this.steered = !this.steered;
      },
      () => void (this.bonded.delete(i) || this.bonded.add(i)),
      () => toggle(kernel.rules, random.pick(FOREIGN_RULES)),
      () => toggle(kernel.routes, random.pick(FOREIGN_ROUTES)),
      () => this.words.set(`wan${i}`, random.pick(['up', 'down', 'unknown'])),
      () => {
        this.mode = random.pick(['failover', 'multiuplink']);
      },
      // Somebody takes some of ours away, or adds to it.
      () => {
        kernel.rules = kernel.rules.filter(({ protocol }) => protocol !== '77' || random.below(2) === 0);
      },
      () => {
        kernel.nft = random.pick([undefined, '\t\tcounter\n', `${kernel.nft ?? ''}\t\taccept\n`]);
      },
    ])();
  }

  /** What is wrong with the ways of packets, in words. */
  wrong(): string[] {
    const { kernel } = this;
    const wrong: string[] = [];
    const expect = (packet: Parameters<Kernel['lookUp']>[0], device: string | undefined, words: string) => {
      const found = kernel.lookUp(packet);
      if (found !== device) wrong.push(`${words}: by ${found} and not by ${device}`);
    };
    const without = new Kernel({ ...kernel.look(), routes: kernel.routes });
    without.rules = without.rules.filter(({ protocol }) => protocol !== '77');
    // All rules of others that come before table main's: who is led by them is theirs.
    const before = new Kernel({ ...kernel.look(), routes: kernel.routes });
    before.rules = without.rules.filter(({ priority }) => priority !== MAIN.priority);
    const isUp = (i: number) => kernel.links[i - 1]?.state === 'up' && this.words.get(`wan${i}`) === 'up';
    for (const i of WANS) {
      const link = kernel.links[i - 1];
      const flow = { from: LAN, to: INTERNET, mark: ledMark(i) };
      // Without an address of the router there, it would leave with the source of another line.
      const takes = !this.family || (link && link.addresses.length > 0);
      const stays = this.led && takes && link?.state === 'up' && (isUp(i) || !WANS.some(isUp));
      expect(flow, before.lookUp(flow) ?? (stays ? `eth${i}` : without.lookUp(flow)), `led by ${i}`);
      expect({ ...flow, mark: flow.mark + 0x100 }, without.lookUp({ ...flow, mark: 0x100 }), 'marked by others, too');
      if (this.led)
        expect({ ...flow, to: '192.168.1.9' }, without.lookUp({ ...flow, to: '192.168.1.9' }), 'led to the LAN');
      const own = kernel.links.filter(({ addresses }) => addresses.some(({ address }) => address === `10.0.${i}.2`));
      const leads = this.asked.has(i) && link?.state === 'up';
      if (leads) expect({ from: LAN, to: INTERNET, mark: i * 2 ** 24 + 5 }, `eth${i}`, `marked for ${i}`);
      const begun = { from: `10.0.${i}.2`, to: INTERNET };
      if ((!this.asked.has(i) && !this.led) || !this.bonded.has(i)) {
        const twin = WANS.some((other) => other !== i && own.some(({ device }) => device === `eth${other}`));
        if (!twin) expect(begun, without.lookUp(begun), `from ${i}, of others`);
      } else if (leads && own.length === 1 && own[0] === link && this.words.get(`wan${i}`) !== 'down')
        expect(begun, `eth${i}`, `from ${i}`);
      if (this.asked.has(i)) expect({ from: LAN, to: '192.168.1.9', mark: i * 2 ** 24 }, 'eth0', 'to the LAN');
      // Whoever has marked a packet leads it.
      const theirs = { from: `10.0.${i}.2`, to: INTERNET, mark: 0xca6c };
      expect(theirs, without.lookUp(theirs), 'marked by others');
    }
    for (const packet of [{ to: INTERNET }, { from: LAN, to: INTERNET }, { from: LAN, to: '10.99.1.1', mark: 0x100 }])
      expect(packet, without.lookUp(packet), 'of others');
    return wrong;
  }
}

for (const family of [undefined, 6] as const) {
  const words = family ? 'IPv6' : 'IPv4';
  tap.test(`${words}: others lose nothing, answers go by their line, and a round leaves nothing to do`, async (t) => {
    let done = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const random = createRandom(seed);
      const router = new Router(family);
      // Who looks only at rules knows that something is left. The table of marks of IPv6 is looked at in any case.
      const expectRules = (when: string) => {
        const left = router.left().filter(({ kind }) => !family || kind !== 'marks');
        assert.ok(left.length === 0 || left.some(({ kind }) => kind === 'rule'), `seed ${seed}, ${when}`);
        return left.length;
      };
      for (let event = 0; event < 12; event++) {
        router.happen(random);
        const before = router.foreign();
        if (random.below(3) === 0) router.round(random.below(8));
        assert.deepEqual(router.foreign(), before, `seed ${seed}, killed`);
        router.round();
        assert.deepEqual(router.foreign(), before, `seed ${seed}`);
        assert.deepEqual(router.wrong(), [], `seed ${seed}, event ${event}`);
        done += expectRules('after a round');
      }
      router.asked.clear();
      router.led = false;
      router.round(random.below(10));
      expectRules('killed at the end');
      router.round();
      assert.deepEqual(router.left(), [], `seed ${seed}, at the end`);
    }
    t.ok(done > 4000, `${done} things`);
  });
}

tap.test('32 lines and more', async (t) => {
  const paths = Array.from({ length: 40 }, (_, i) =>
    makePath(i + 1, i + 1, {}, { inbound: { table: 7700 + i, mark: (i + 1) * 2 ** 24, mask: MASK } }),
  );
  const links = paths.flatMap(({ link }) => (link ? [link] : []));
  const kernel = new Kernel({ links, rules: [MAIN], routes: [] });
  const plan = () => planBy(PLANNER, { mode: 'failover', sticky: false }, { seen: kernel.look(), paths }, new Map());
  const { changes, problems } = plan();
  t.strictSame(problems, []);
  for (const { command } of changes) kernel.execute(command);
  t.strictSame(plan().changes, []);
  for (const i of [1, 32, 40]) t.equal(kernel.lookUp({ from: LAN, to: INTERNET, mark: i * 2 ** 24 }), `eth${i}`);
  t.ok(
    changes.every(({ command }) => command.every((word) => word.length < 100_000)),
    'what Linux takes as an argument',
  );
});
