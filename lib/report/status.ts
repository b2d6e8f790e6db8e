import { isRoute } from '../actuators/routes/thing.js';
import { routeWords } from '../actuators/routes/words.js';
import { figuresOf } from '../health/figures.js';
import { wordFor } from '../health/transition.js';
import type { Judgement, Now, Route, WanState, Word } from '../model.js';
import { balanceJson, balanceWords } from './balance.js';
import type { Colour } from './colour.js';
import { sparkline } from './quality.js';
import { quotaJson, quotaLines } from './quota.js';
import { redJson, redLines } from './red.js';
import { restartLines } from './restarts.js';
import type { Shaping } from './shape.js';
import { spareLines } from './spare.js';
import { steeringJson, steeringLines } from './steering.js';
import type { Survey } from './survey.js';
import { table } from './table.js';
import { wanJson } from './wan-json.js';
import { count, duration, elapsed, milliseconds, percent, STOPPED, safe, statusWord } from './words.js';

const HEAD = ['WAN', 'STATUS', 'SINCE', 'DEVICE', 'GATEWAY', 'RTT', 'LOSS', 'FAILURES'];

/** The screen: a table of WANs, the default routes, the last round, and what to look at. */
export function statusLines(survey: Survey, colour: Colour): string[] {
  const isMeasured = survey.wans.some(({ wan }) => wan.quality);
  const head = [...HEAD, ...(isMeasured ? ['JITTER', 'LAST ROUNDS'] : []), ''];
  const rows = survey.wans.map((entry) => wanRow(entry, survey, isMeasured));
  const shown = table([head, ...rows], (cell, r, c) => {
    if (r === 0) return colour.bold(cell);
    return c === 1 ? colour.status(wordOf(survey.wans[r - 1]?.wan), cell) : cell;
  });
  const { stopped } = survey;
  const first = stopped ? [`${STOPPED}; run: ${stopped.join(' && ')}`, ''] : [];
  const red = survey.red ? [...redLines(survey.red), ''] : [];
  const shaped = survey.shaping ? [...shapingLines(survey.shaping, colour), ''] : [];
  const steered = survey.routeros ? [...shapingLines(survey.routeros, colour), ''] : [];
  return [...first, ...shown, '', ...shaped, ...steered, ...red, ...routeLines(survey), '', ...tail(survey)];
}

function shapingLines({ rows, problems }: Pick<Shaping, 'rows' | 'problems'>, colour: Colour): string[] {
  return [...table(rows, (cell, r) => (r === 0 ? colour.bold(cell) : cell)), ...problems];
}

function wordOf(wan: WanState | undefined): Word {
  return wan ? wordFor(wan) : 'unknown';
}

/** Of a line that is measured, RTT and loss are those of its last rounds, and there is more of it. */
function wanRow({ wan, inUse }: Survey['wans'][number], { now, age }: Survey, isMeasured: boolean): string[] {
  const { configured, seen, counted, verdict, quality } = wan;
  const figures = quality && figuresOf(quality);
  const word = wordFor(wan);
  return [
    wan.name,
    statusWord(word),
    age === undefined ? '-' : duration(now.uptime - verdict.statusSinceUptime),
    seen.device ?? '-',
    seen.gateway ?? (verdict.status === 'no_gateway' ? '(none)' : '-'),
    milliseconds(figures?.rtt?.average ?? counted.latency),
    percent(figures?.loss ?? counted.loss),
    `${counted.failures}/${configured.failureThreshold}`,
    ...(isMeasured ? [milliseconds(figures?.jitter), quality ? sparkline(quality) : ''] : []),
    inUse ? '* in use' : word === 'up' ? '' : safe(verdict.reason, 80),
  ];
}

function routeLines({ routes, pending }: Survey): string[] {
  const lines = routes.map(
    ({ route, inUse, wrong }) => `${wrong ? '!' : inUse ? '*' : ' '} ${shownWords(route).join(' ')}`,
  );
  const missing = missingRoutes(pending).map((words) => `! ${words}  missing`);
  return lines.length + missing.length > 0 ? [...new Set([...lines, ...missing])] : ['! no default route at all'];
}

/** The parts that lead through one group are shown as the default that they are together. */
function shownWords(route: Route): string[] {
  if (route.group === undefined) return routeWords(route);
  return [...routeWords({ ...route, destination: 'default' }), '(sticky)'];
}

function missingRoutes(pending: Survey['pending']): string[] {
  return pending.flatMap(({ verb, thing }) => (isRoute(thing) && verb !== 'del' ? [shownWords(thing).join(' ')] : []));
}

function tail({ state, now, age, routes, pending, next, wans, stopped, red, uses = [] }: Survey): string[] {
  const lines: string[] = [];
  if (age === undefined) lines.push(`no round since the router started${stopped ? '' : '; run: mini-mwan check'}`);
  else if (state.unfinished) lines.push(`last round ${duration(age)} ago, not ended: it goes on, or was killed`);
  else
    lines.push(`last round ${duration(age)} ago, took ${elapsed(state.duration)}, ${count(state.changes, 'change')}`);
  if (age !== undefined && now.wall + 1 < state.timestamp) {
    lines.push(`the clock has gone back by ${duration(state.timestamp - now.wall + age)} since then`);
  }
  if (state.balance && age !== undefined) lines.push(balanceWords(state.balance, now.uptime));
  if (age !== undefined) lines.push(...spareLines(state.wans), ...steeringLines(state.steering, now.uptime));
  lines.push(...quotaLines(uses));
  if (pending.length > 0 && stopped) {
    lines.push(`${count(pending.length, 'route')} of ours left, which nobody watches (!); run: mini-mwan restore`);
  } else if (pending.length > 0 && red) {
    lines.push(`the next round has ${count(pending.length, 'thing')} to do: mini-mwan check --dry-run`);
  } else if (pending.length > 0) {
    lines.push(`the kernel differs from the last round in ${count(pending.length, 'route')} (!); run: mini-mwan check`);
  }
  if (next) {
    const what = next.length === 0 ? 'no route' : next.map(({ sentence }) => sentence).join(', ');
    lines.push(`the configuration has changed since the last round; the next one would change ${safe(what, 400)}`);
  }
  for (const { route } of routes.filter(({ inUse, stranger }) => inUse && stranger))
    lines.push(`the traffic goes by what is no WAN: ${routeWords(route).join(' ')}; see: mini-mwan validate`);
  for (const { wan, next } of wans) {
    if (next === undefined || age === undefined) continue;
    lines.push(`${safe(wan.name)} ${condition(wan.verdict, now)}: ${safe(wan.verdict.reason, 200)}. Look at: ${next}`);
  }
  const healing = age === undefined || stopped ? [] : restartLines(state.wans, now.uptime);
  return [...lines, ...healing, ...state.complaints.map((text) => safe(text, 400))];
}

function condition({ status, statusSinceUptime }: Judgement, now: Now): string {
  if (status === 'disabled') return 'is left out';
  return status === 'unknown' ? 'has not been judged' : `has been down for ${duration(now.uptime - statusSinceUptime)}`;
}

/** The same as one value. */
export function statusJson({ state, now, age, routes, pending, next, wans, stopped, red, ...more }: Survey) {
  const { shaping, routeros, uses } = more;
  return {
    service_stopped: stopped !== undefined,
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
    missing_routes: missingRoutes(pending),
    ...(state.balance ? { balance: balanceJson(state.balance, now.uptime) } : {}),
    ...(state.steering ? { steering: steeringJson(state.steering, now.uptime) } : {}),
    configuration_changed: next !== undefined,
    next_changes: (next ?? []).map(({ sentence }) => sentence),
    complaints: state.complaints,
    ...(red ? { red: redJson(red) } : {}),
    ...(shaping ? { shapers: shaping.values, shaper_problems: shaping.problems } : {}),
    ...(routeros ? { routeros: routeros.values } : {}),
    ...(uses ? { quotas: quotaJson(uses) } : {}),
  };
}
