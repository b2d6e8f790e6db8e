import { STATES } from '../history/schema.js';
import type { Happened } from '../history/series.js';
import type { Word } from '../model.js';
import { headOf, type Past } from './history-chart.js';
import { escapeHtml, svgOf } from './history-svg.js';
import { eventLines, summaryRows } from './history-tables.js';
import { type Clock, dateTime } from './history-times.js';
import { statusWord } from './words.js';

/** Colours by state, for both kinds of screens. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1c2530; --paper: #fff; --soft: #6b7684; --grid: #d8dde3; --rtt: #1f6feb; --band: #1f6feb44;
  --up: #2da44e; --degraded: #d4a72c; --unknown: #afb8c1; --down: #cf222e; --no_gateway: #bc4c00; --interface_down: #6e2a8d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --soft: #8b949e; --grid: #30363d; --rtt: #58a6ff; --band: #58a6ff44; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.3em; } h2 { font-size: 1.1em; margin: 2em 0 0; } p { margin: .3em 0; color: var(--soft); }
svg { width: 100%; height: auto; display: block; font-size: 12px; }
svg text { fill: var(--soft); } .name, .scale { text-anchor: end; } .grid { stroke: var(--grid); fill: none; }
.rtt { stroke: var(--rtt); fill: none; stroke-width: 1.5; } .band { fill: var(--band); } .loss { fill: var(--down); }
.carried0 { fill: #1f6feb88; } .carried1 { fill: #8250df99; } svg .key0 { fill: var(--rtt); } svg .key1 { fill: #8250df; }
${STATES.map((state) => `.${state} { fill: var(--${state}); background: var(--${state}); }`).join(' ')}
.key i { display: inline-block; width: .9em; height: .9em; margin: 0 .3em 0 1em; vertical-align: -.1em; border-radius: 2px; }
table { border-collapse: collapse; font-size: .9em; margin: .5em 0; } th, td { padding: .15em .8em .15em 0; text-align: right; }
th:first-child, td:first-child { text-align: left; } th { color: var(--soft); font-weight: normal; }
ol { list-style: none; padding: 0; font-size: .9em; } li { border-top: 1px solid var(--grid); padding: .2em 0; }`;

/** A page for a browser that needs nothing else: no script, and nothing from anywhere. */
export function pageText(past: Past & { events: Happened[] }, clock: Clock): string {
  const { from, to, series, figures, shares, transitions, events } = past;
  const title = `${dateTime(clock(from))} to ${dateTime(clock(to))}`;
  const lines = series.filter(({ way }) => way === undefined);
  const sections = lines.map((line) => {
    const shaped = series.filter(({ wan, way }) => wan === line.wan && way !== undefined);
    return [
      `<section><h2>${escapeHtml(line.wan)}</h2>`,
      `<p>${escapeHtml(headOf(line.wan, figures, shares, transitions.get(line.wan) ?? 0))}</p>`,
      svgOf(line, shaped, from, to, clock),
      tableOf(summaryRows(figures.filter(({ wan }) => wan === line.wan)).map(([, ...cells]) => cells)),
      '</section>',
    ].join('\n');
  });
  const keys = STATES.map((state) => `<i class="${state}"></i>${statusWord(state as Word)}`);
  const list = eventLines(events, clock).map((line) => `<li>${escapeHtml(line)}</li>`);
  return [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    // Nothing is fetched, whatever a name holds.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>mini-mwan: ${title}</title><style>${STYLE}</style></head><body>`,
    `<h1>WANs from ${title}</h1>`,
    `<p class="key">state:${keys.join('')}</p>`,
    lines.length === 0 ? '<p>Nothing is known of that time.</p>' : sections.join('\n'),
    list.length === 0 ? '' : `<section><h2>What happened</h2><ol>${list.join('\n')}</ol></section>`,
    '</body></html>',
    '',
  ].join('\n');
}

function tableOf([head = [], ...rows]: string[][]): string {
  if (rows.length === 0) return '';
  const row = (cells: string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${row(head, 'th')}${rows.map((cells) => row(cells, 'td')).join('')}</table>`;
}
