import type { Random } from '../random.js';

/** Addresses that are pinged. */
const TARGETS = ['1.1.1.1', '8.8.8.8', '9.9.9.9'];

/** How a WAN is connected, and how it is configured. */
export interface Line {
  /** From 1; its device is ethI, its configuration wanI. */
  i: number;
  kind: 'dhcp' | 'static' | 'ppp';
  /** Of the default that netifd makes; undefined with `option defaultroute 0`. */
  systemMetric: number | undefined;
  metric: number;
  options: Record<string, string | number | string[]>;
}

/** A router, as it is drawn from a seed. */
export interface Network {
  lines: Line[];
  mode: 'failover' | 'multiuplink' | 'sticky';
  /** There is a netifd, which answers. */
  netifd: boolean;
  hotplug: boolean;
  /** Whose `ping` it is. */
  ping: 'iputils' | 'busybox';
}

export function drawNetwork(random: Random): Network {
  const count = random.pick([2, 2, 2, 3, 3, 4]);
  const netifd = random.below(5) > 0;
  // Behind ours, like ours, all the same, or the best there is.
  const metrics = random.pick([
    [1001, 1002, 1003, 1004],
    [10, 20, 30, 40],
    [5, 5, 5, 5],
    [0, 10, 20, 30],
    [20, 10, 1003, 25],
  ]);
  const ours = random.pick([
    [10, 20, 30, 40],
    [10, 10, 10, 10],
    [30, 20, 20, 10],
  ]);
  const lines = Array.from({ length: count }, (_, at): Line => {
    const i = at + 1;
    const kind = random.pick(['dhcp', 'dhcp', 'static', 'ppp'] as const);
    const systemMetric = netifd && random.below(10) === 0 ? undefined : metrics[at];
    const targets = random.shuffle(TARGETS).slice(0, 1 + random.below(3));
    const byName = netifd && random.below(2) === 0;
    const options = {
      ...(byName ? { interface: `net${i}` } : { device: `eth${i}` }),
      metric: ours[at] as number,
      weight: 1 + random.below(3),
      ping_target: targets,
      reliability: 1 + random.below(targets.length),
      ping_count: 1 + random.below(3),
      ping_timeout: 1 + random.below(2),
      failure_threshold: 2 + random.below(2),
      recovery_threshold: 1 + random.below(3),
      failback_delay: random.pick([0, 0, 30]),
    };
    return { i, kind, systemMetric, metric: ours[at] as number, options };
  });
  const mode = random.pick(['failover', 'failover', 'multiuplink', 'sticky'] as const);
  return { lines, mode, netifd, hotplug: random.below(3) > 0, ping: random.pick(['iputils', 'busybox'] as const) };
}

/** The configuration. @param disabled numbers of the WANs that are switched off */
export function configOf({ lines }: Network, mode: Network['mode'], disabled: ReadonlySet<number>): string {
  const option = ([name, value]: [string, string | number | string[]]) =>
    Array.isArray(value) ? value.map((entry) => `\tlist ${name} '${entry}'`) : [`\toption ${name} '${value}'`];
  const section = (head: string, options: Record<string, string | number | string[]>) => [
    head,
    ...Object.entries(options).flatMap(option),
    '',
  ];
  const shared = mode === 'failover' ? {} : { mode: 'multiuplink', sticky: mode === 'sticky' ? 1 : 0 };
  return [
    ...section("config settings 'settings'", { enabled: 1, check_interval: 10, ...shared }),
    ...lines.flatMap(({ i, options }) =>
      section(`config interface 'wan${i}'`, { enabled: disabled.has(i) ? 0 : 1, ...options }),
    ),
  ].join('\n');
}
