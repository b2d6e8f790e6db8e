import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../random.js';
import { type Line, now } from './line.js';
import type { Router } from './router.js';

/** Begins a fault; what it returns ends it, some time later. */
type Begin<T> = (router: Router, subject: T, random: Random) => Promise<(() => Promise<void>) | undefined>;

/** s that cron's helper waits for the next minute after a round that failed or was killed. */
const MINUTE = 60;

/** The system's default as netifd would put it there. */
async function putDefault({ lab }: Router, line: Line): Promise<void> {
  if (line.systemMetric !== undefined) await lab.router.ip(`route replace ${line.defaultWords()}`);
}

/** netifd hears of it now, or late; and tells others, or not. */
async function tellSoonOrLate(router: Router, line: Line, action: string, random: Random): Promise<void> {
  const late = random.fraction() < 0.3 ? 2 + random.fraction() * 15 : 0;
  if (late > 0) router.note(`  netifd will hear of ${line.device} in ${late.toFixed(0)} s`);
  const tell = async () => {
    await sleep(late * 1000);
    await router.tell(line);
    if (action === 'ifup' || action === 'ifdown' || random.fraction() < 0.5) await router.event(line, action);
  };
  if (late === 0) return tell();
  line.become('murky');
  await tell();
}

/** What can happen to a line. */
export const OF_LINE: Record<string, Begin<Line>> = {
  silence: async ({ lab }, line) => {
    line.become('bad');
    await lab.silence(line.i);
    return async () => {
      await lab.heal(line.i);
      line.become('good');
    };
  },

  'some loss': async ({ lab }, line, random) => {
    line.become('murky');
    await lab.silence(line.i, 0.05 + random.fraction() * 0.6);
    return async () => {
      await lab.heal(line.i);
      line.become('good');
    };
  },

  'a few seconds of silence': async ({ lab }, line, random) => {
    line.become('murky');
    await lab.silence(line.i);
    await sleep(300 + random.fraction() * 4000);
    await lab.heal(line.i);
    line.become('good');
    return undefined;
  },

  'cable pulled': async ({ lab }, line) => {
    if (line.tunnel) return undefined;
    line.become('bad');
    await lab.unplug(line.i);
    return async () => {
      await lab.plug(line.i);
      line.become('good');
    };
  },

  'device removed': async (router, line, random) => {
    line.become('bad');
    await router.act(async () => {
      router.rerouted = now();
      await router.lab.detach(line.i);
      line.present = false;
    });
    await tellSoonOrLate(router, line, 'ifdown', random);
    line.health = 'bad';
    return async () => {
      line.become('murky');
      await router.act(async () => {
        await router.lab.attach(line.i);
        line.gateway = `100.64.${line.i}.1`;
        line.address = `100.64.${line.i}.2`;
        line.present = true;
        await putDefault(router, line);
      });
      await tellSoonOrLate(router, line, 'ifup', random);
      line.become('good');
    };
  },

  'another gateway': async (router, line, random) => {
    if (line.tunnel) return undefined;
    line.become('murky');
    const [old, fresh] = line.gateway.endsWith('.1') ? [1, 254] : [254, 1];
    const address = (end: number) => `100.64.${line.i}.${end}/24 dev wan`;
    await router.act(async () => {
      await router.lab.isp(line.i).ipAll([`addr del ${address(old)}`, `addr add ${address(fresh)}`]);
      line.gateway = `100.64.${line.i}.${fresh}`;
      if (line.systemMetric !== undefined) await putDefault(router, line);
      await router.lab.router.ip(`neigh flush dev ${line.device}`);
    });
    await tellSoonOrLate(router, line, 'ifupdate', random);
    line.become('good');
    return undefined;
  },

  'another address': async (router, line, random) => {
    if (line.tunnel) return undefined;
    line.become('murky');
    const fresh = `100.64.${line.i}.${line.address.endsWith('.2') ? 77 : 2}`;
    await router.act(async () => {
      const [del, add] = [`addr del ${line.address}/24 dev ${line.device}`, `addr add ${fresh}/24 dev ${line.device}`];
      router.rerouted = now();
      await router.lab.router.ipAll([del, add]);
      line.address = fresh;
      await putDefault(router, line);
    });
    await tellSoonOrLate(router, line, 'ifupdate', random);
    line.become('good');
    return undefined;
  },

  "the system's default goes, and comes back with another metric": async (router, line, random) => {
    const change = async (metric: number | undefined) => {
      await router.act(async () => {
        if (line.systemMetric !== undefined) await router.lab.router.ip(`route del ${line.defaultWords()}`);
        line.systemMetric = metric;
        await putDefault(router, line);
      });
      router.rerouted = now();
      disturb(router, 0);
      if (random.fraction() < 0.5) await router.event(line, 'ifupdate');
    };
    await change(undefined);
    return () => change(random.pick([line.i === 1 ? 0 : line.i, 4 + line.i, 1000 + line.i, 2000 + line.i]));
  },
};

/** Rounds cannot be expected to do their work for so long, in s. */
function disturb(router: Router, seconds: number): void {
  router.disturbed = Math.max(router.disturbed, now() + seconds);
}

/** Spoils a program for a while; s for which rounds cannot be expected to do their work afterwards, none if they can all the time. */
function spoil(program: string, script: string, after?: number): Begin<undefined> {
  return async (router) => {
    if (after !== undefined) disturb(router, 3600);
    await router.spoil(program, script);
    return async () => {
      await router.spoil(program);
      if (after !== undefined) router.disturbed = now() + after;
    };
  };
}

const stateFile = ({ lab }: Router) => join(lab.folder, 'run/mini-mwan.status');

/** What can happen to the rest of the router, and takes no round from its work. */
export const OF_ROUTER: Record<string, Begin<undefined>> = {
  'a storm of events': async (router, _, random) => {
    const list = Array.from({ length: 20 + random.below(80) }, () => {
      return router.event(random.pick(router.lines), random.pick(['ifup', 'ifdown', 'ifupdate']));
    });
    await Promise.all(list);
    return undefined;
  },

  'a person is there': async (router, _, random) => {
    const commands = ['check', 'check --verbose', 'status', 'validate', 'restore', 'check --dry-run', 'restore'];
    for (let i = 0; i < 4; i++) {
      const command = random.pick(commands);
      router.note(`  mini-mwan ${command}`);
      if (command === 'restore') router.rerouted = now();
      await router.run(`mini-mwan ${command}`);
      if (command === 'restore') {
        router.rerouted = now();
        disturb(router, 0);
      }
    }
    return undefined;
  },

  'another configuration': async (router, _, random) => {
    const metrics = random.pick([
      [10, 20, 30, 40],
      [40, 30, 20, 10],
      [10, 10, 10, 10],
      [30, 10, 899, 1],
    ]);
    const mode = random.fraction() < 0.6 ? 'failover' : 'multiuplink';
    const settings = {
      mode,
      metrics,
      sticky: Math.round(random.fraction()),
      check_interval: random.pick([2, 2, 2, 5, 5, 10]),
    } as const;
    router.note(`  ${JSON.stringify(settings)}`);
    // What it was before holds until the next look.
    const before = router.settings.check_interval;
    await router.configure(settings);
    disturb(router, before);
    return undefined;
  },
};

/** What can happen to rounds themselves: for a minute and more, little can be expected of them. */
export const OF_ROUNDS: Record<string, Begin<undefined>> = {
  'rounds are killed': async (router, _, random) => {
    disturb(router, MINUTE + 10);
    for (const end = now() + 8; now() < end; await sleep(random.fraction() * 600)) {
      for (const { pid, command } of await router.processes()) {
        if (!/mini-mwan\/program\/main/.test(command) || random.fraction() < 0.5) continue;
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It was faster.
        }
      }
    }
    router.disturbed = now() + MINUTE;
    return undefined;
  },

  'the state file is damaged': async (router, _, random) => {
    const file = random.pick([stateFile(router), `${stateFile(router)}.json`]);
    const text = await readFile(file).catch(() => Buffer.from('x'));
    const damage = random.pick<() => Promise<unknown>>([
      () => rm(file, { force: true }),
      () => writeFile(file, text.subarray(0, random.below(text.length))),
      () => writeFile(file, Buffer.from(Array.from({ length: 500 }, () => random.below(256)))),
      () => writeFile(file, ''),
    ]);
    await damage();
    disturb(router, MINUTE);
    return undefined;
  },
  'ip fails': spoil('ip', 'exit 1', MINUTE),
  'ip fails at times': spoil('ip', '[ $(($$ % 3)) -ne 0 ] || exit 1', MINUTE),
  'ip hangs': spoil('ip', 'exec sleep 30', MINUTE),
  'ip is slow': spoil('ip', 'sleep 0.7', 0),
  'ping cannot start': spoil('ping', 'exit 2', MINUTE),
  'ping hangs': spoil('ping', 'exec sleep 30', MINUTE),
  'ping is slow': spoil('ping', 'sleep 0.5', 0),
  'netifd hangs': spoil('ubus', 'exec sleep 30', 10),
  'netifd fails': spoil('ubus', 'exit 4'),
  'netifd answers nonsense': spoil('ubus', 'echo "{}"; exit 0'),
};
