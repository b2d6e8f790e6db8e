import { STATES } from '../history/schema.js';
import type { Point, Series } from '../history/series.js';
import type { Word } from '../model.js';
import { lastOf, stretch, topOf } from './history-columns.js';
import { type Clock, dateTime, timeLabel } from './history-times.js';
import { rateWords } from './shape.js';
import { milliseconds, statusWord } from './words.js';

/** px of a chart, and of what stands left of it. */
const WIDTH = 880;
const LEFT = 84;
/** px of each part, and between two of them. */
const RTT = 140;
const LOSS = 40;
const STATE = 18;
const CARRIED = 60;
const SPACE = 12;
/** px below, for the times. */
const AXIS = 22;

/** Where a time is, px. */
type Across = (at: number) => number;

/** A text as HTML has it. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

const px = (value: number) => String(Math.round(value * 10) / 10);

/** The charts of a WAN, one below the other over the same time: RTT, loss, state, what was carried, and rates of a shaper. */
export function svgOf(line: Series, shaped: Series[], from: number, to: number, clock: Clock): string {
  const across: Across = (at) => LEFT + (Math.min(Math.max(at, from), to) - from) * ((WIDTH - LEFT) / (to - from));
  const points = stretch(line.points);
  const parts: [height: number, content: string][] = [
    [RTT, rttPart(points, across)],
    [LOSS, lossPart(points, across)],
    [STATE, statePart(points, across, clock)],
  ];
  const carried = areaPart(points, across, [
    ['received', 'received_kbit'],
    ['sent', 'sent_kbit'],
  ]);
  if (carried !== '') parts.push([CARRIED, carried]);
  for (const one of shaped) {
    const rates = areaPart(stretch(one.points), across, [[`rate ${one.way}`, 'rate']]);
    if (rates !== '') parts.push([CARRIED, rates]);
  }
  let y = SPACE / 2;
  const groups = parts.map(([height, content]) => {
    const group = `<g transform="translate(0,${px(y)})">${content}</g>`;
    y += height + SPACE;
    return group;
  });
  const times = axisPart(from, to, across, clock, y);
  const size = `viewBox="0 0 ${WIDTH + 10} ${px(y + AXIS)}"`;
  return `<svg ${size} role="img" aria-label="${escapeHtml(line.wan)}">${groups.join('\n')}${times}</svg>`;
}

function rttPart(points: Point[], across: Across): string {
  const known = points.filter(({ values }) => values.rtt_ms !== undefined);
  const top = topOf(known.map(({ values, rtt }) => ({ values, ...(rtt ? { most: rtt.most } : {}) })));
  const down = (value: number) => RTT * (1 - Math.min(1, value / top));
  const band = known.map(({ at, seconds, rtt, values }) => {
    const [least, highest] = [rtt?.least ?? values.rtt_ms ?? 0, rtt?.most ?? values.rtt_ms ?? 0];
    return box(across(at), across(at + seconds), down(highest), Math.max(1, down(least) - down(highest)));
  });
  const path = known.map(({ at, seconds, values }, i) => {
    const before = known[i - 1];
    const goesOn = before && before.at + before.seconds >= at;
    const height = px(down(values.rtt_ms ?? 0));
    return `${goesOn ? 'L' : 'M'}${px(across(at))},${height}H${px(across(at + seconds))}`;
  });
  return `${frame(RTT, 'RTT', milliseconds(top))}<path class="band" d="${band.join('')}"/><path class="rtt" d="${path.join('')}"/>`;
}

function box(left: number, right: number, top: number, height: number): string {
  return `M${px(left)},${px(top)}H${px(right)}v${px(height)}H${px(left)}z`;
}

function lossPart(points: Point[], across: Across): string {
  const bars = points.flatMap(({ at, seconds, values }) => {
    const share = (values.loss_percent ?? 0) / 100;
    if (share <= 0) return [];
    // Little is not nothing.
    const height = Math.max(2, LOSS * Math.min(1, share));
    const left = across(at);
    return [box(left, Math.max(left + 1, across(at + seconds)), LOSS - height, height)];
  });
  return `${frame(LOSS, 'loss', '100 %')}<path class="loss" d="${bars.join('')}"/>`;
}

/** A band of states: neighbours that are alike are one piece, which tells when it was. */
function statePart(points: Point[], across: Across, clock: Clock): string {
  const pieces: { state: number; from: number; to: number }[] = [];
  for (const { at, seconds, seen } of points) {
    const state = lastOf(seen);
    const last = pieces.at(-1);
    if (state < 0) continue;
    if (last?.state === state && last.to >= at) last.to = at + seconds;
    else pieces.push({ state, from: at, to: at + seconds });
  }
  const rects = pieces.map(({ state, from, to }) => {
    const word = STATES[state] ?? 'unknown';
    const title = `${statusWord(word as Word)}: ${dateTime(clock(from))} to ${dateTime(clock(to))}`;
    const left = across(from);
    const width = Math.max(1, across(to) - left);
    return `<rect class="${word}" x="${px(left)}" y="0" width="${px(width)}" height="${STATE}"><title>${title}</title></rect>`;
  });
  return `<text class="name" x="${LEFT - 8}" y="13">state</text>${rects.join('')}`;
}

/** Lines of kbit/s on one scale, each with its name; empty where all are nothing. */
function areaPart(points: Point[], across: Across, lines: [name: string, value: string][]): string {
  const top = Math.max(0, ...points.flatMap(({ values }) => lines.flatMap(([, value]) => values[value] ?? [])));
  if (top < 1) return '';
  const paths = lines.map(([, value], i) => {
    const known = points.filter(({ values }) => values[value] !== undefined);
    const steps = known.map(({ at, seconds, values }) => {
      const height = CARRIED * ((values[value] ?? 0) / top);
      return box(across(at), across(at + seconds), CARRIED - height, height);
    });
    return `<path class="carried${i}" d="${steps.join('')}"/>`;
  });
  const names = lines.map(
    ([name], i) => `<text class="name key${i}" x="${LEFT - 8}" y="${34 + 14 * i}">${name}</text>`,
  );
  return `${frame(CARRIED, '', rateWords(top))}${names.join('')}${paths.join('')}`;
}

function frame(height: number, name: string, top: string): string {
  const lines = [0, height].map((y) => `<path class="grid" d="M${LEFT},${y}H${WIDTH}"/>`).join('');
  const labels = `<text class="scale" x="${LEFT - 8}" y="10">${top}</text>`;
  return `${lines}${labels}${name === '' ? '' : `<text class="name" x="${LEFT - 8}" y="${px(height / 2 + 8)}">${name}</text>`}`;
}

function axisPart(from: number, to: number, across: Across, clock: Clock, y: number): string {
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = from + share * (to - from);
    const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
    const text = escapeHtml(timeLabel(clock(at), to - from));
    return `<text class="time" x="${px(across(at))}" y="${px(y + 10)}" text-anchor="${anchor}">${text}</text>`;
  });
  return marks.join('');
}
