import type { Change, Config, Now, Route, State, WanState } from '../model.js';
import { routeWords } from '../routing/change.js';
import { diff } from '../routing/diff.js';
import { inCharge, isDefault, isOurs, outranks, sameRoute, usesDevice } from '../routing/route.js';
import { wanted } from '../routing/wanted.js';
import type { View } from '../steer.js';
import type { Colour } from './colour.js';
import { wanJson } from './json.js';
import { table } from './table.js';
import { count, duration, elapsed, milliseconds, percent, safe, statusWord } from './words.js';

/** The state of things, from the last round's memory and the kernel's table now. */
export interface StatusReport {
  state: State;
  now: Now;
  /** s since the last round; undefined if the router has restarted since. */
  age?: number;
  /** Every default of the table, the ones in charge first. */
  routes: { route: Route; inUse: boolean; wrong: boolean }[];
  /** What a round with the same verdicts would change. */
  pending: Change[];
  wans: { wan: WanState; inUse: boolean; next?: string }[];
  /** netifd is there: its commands are the ones to name. */
  netifd: boolean;
}

export function reportStatus(
  config: Config | undefined,
  state: State,
  { seen, uplinks }: View,
  now: Now,
): StatusReport {
  const sameBoot = state.bootId === now.bootId;
  const verdicts = new Map(state.wans.map((wan) => [wan.name, sameBoot ? wan.status : 'unknown']));
  const pending = config ? diff(wanted(uplinks, seen.routes, verdicts).routes, seen.routes) : [];
  const used = inCharge(seen.routes);
  const defaults = seen.routes.filter(isDefault).sort((a, b) => (outranks(a, b) ? -1 : outranks(b, a) ? 1 : 0));
  const netifd = seen.interfaces !== undefined;
  return {
    state,
    now,
    ...(sameBoot ? { age: now.uptime - state.uptime } : {}),
    routes: defaults.map((route) => ({
      route,
      inUse: used.includes(route),
      wrong: isOurs(route) && pending.some((change) => change.verb !== 'add' && sameKey(change, route)),
    })),
    pending,
    wans: state.wans.map((wan) => {
      const next = nextCommand(wan, config, netifd);
      const inUse = used.some((route) => usesDevice(route, wan.device));
      return { wan, inUse, ...(next === undefined ? {} : { next }) };
    }),
    netifd,
  };
}

function sameKey(change: Change, route: Route): boolean {
  return change.verb === 'del' ? sameRoute(change.route, route) : change.route.metric === route.metric;
}

/** Where to look next for a WAN that is not well. */
function nextCommand({ name, status, device, targets }: WanState, config: Config | undefined, netifd: boolean) {
  const settings = config?.wans.find((wan) => wan.name === name);
  switch (status) {
    case 'down':
      return `ping -c 3 -I ${device} ${targets[0]}`;
    case 'interface_down':
      return netifd ? `ifstatus ${settings?.interface ?? name}` : device && `ip link show dev ${device}`;
    case 'no_gateway':
      return netifd ? `ifstatus ${settings?.interface ?? name}` : `ip route show default dev ${device}`;
    case 'disabled':
      return config?.enabled && settings && !settings.enabled ? 'mini-mwan validate' : undefined;
    case 'unknown':
      return 'mini-mwan check --verbose';
    default:
      return undefined;
  }
}

/** The screen: a table of WANs, the default routes, the last round, and what to look at. */
export function statusLines(report: StatusReport, colour: Colour): string[] {
  const head = ['WAN', 'STATUS', 'SINCE', 'DEVICE', 'GATEWAY', 'RTT', 'LOSS', 'FAILURES', ''];
  const rows = report.wans.map((entry) => wanRow(entry, report.now));
  const shown = table([head, ...rows], (cell, r, c) => {
    if (r === 0) return colour.bold(cell);
    return c === 1 ? colour.status(report.wans[r - 1]?.wan.status ?? 'unknown', cell) : cell;
  });
  return [...shown, '', ...routeLines(report), '', ...tail(report)];
}

function wanRow({ wan, inUse }: StatusReport['wans'][number], now: Now): string[] {
  return [
    wan.name,
    statusWord(wan.status),
    duration(now.uptime - wan.statusSinceUptime),
    wan.device ?? '-',
    wan.gateway ?? (wan.status === 'no_gateway' ? '(none)' : '-'),
    milliseconds(wan.latency),
    percent(wan.loss),
    `${wan.failures}/${wan.failureThreshold}`,
    inUse ? '* in use' : wan.status === 'up' ? '' : safe(wan.reason, 80),
  ];
}

function routeLines({ routes, pending }: StatusReport): string[] {
  const lines = routes.map(
    ({ route, inUse, wrong }) => `${wrong ? '!' : inUse ? '*' : ' '} ${routeWords(route).join(' ')}`,
  );
  const missing = pending
    .filter(({ verb }) => verb === 'add')
    .map(({ route }) => `! ${routeWords(route).join(' ')}  missing`);
  return lines.length + missing.length > 0 ? [...lines, ...missing] : ['! no default route at all'];
}

function tail({ state, now, age, pending, wans }: StatusReport): string[] {
  const lines: string[] = [];
  if (age === undefined) lines.push('no round since the router started; run: mini-mwan check');
  else
    lines.push(`last round ${duration(age)} ago, took ${elapsed(state.duration)}, ${count(state.changes, 'change')}`);
  if (age !== undefined && now.wall + 1 < state.timestamp) {
    lines.push(`the clock has gone back by ${duration(state.timestamp - now.wall + age)} since then`);
  }
  if (pending.length > 0) {
    lines.push(`the kernel differs from the last round in ${count(pending.length, 'route')} (!); run: mini-mwan check`);
  }
  for (const { wan, next } of wans) {
    const since = duration(now.uptime - wan.statusSinceUptime);
    const is = `${wan.name} has been ${statusWord(wan.status)} for ${since}: ${safe(wan.reason, 200)}`;
    if (next !== undefined) lines.push(`${is}. Look at: ${next}`);
  }
  return [...lines, ...state.complaints.map((text) => safe(text, 400))];
}

/** The same as one value. */
export function statusJson({ state, now, age, routes, pending, wans }: StatusReport) {
  return {
    mode: state.mode,
    check_interval_s: state.checkInterval,
    last_round: {
      timestamp: Math.round(state.timestamp),
      age_s: age === undefined ? null : Math.round(age),
      duration_ms: Math.round(state.duration),
      changes: state.changes,
    },
    wans: wans.map(({ wan, inUse, next }) => ({ ...wanJson(wan, now.uptime), in_use: inUse, look_at: next ?? null })),
    routes: routes.map(({ route, inUse, wrong }) => ({
      route: routeWords(route).join(' '),
      protocol: route.protocol,
      in_use: inUse,
      wrong,
    })),
    missing_routes: pending.filter(({ verb }) => verb === 'add').map(({ route }) => routeWords(route).join(' ')),
    complaints: state.complaints,
  };
}
