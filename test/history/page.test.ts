import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import tap from 'tap';
import { STATES } from '../../lib/history/schema.js';
import type { Point } from '../../lib/history/series.js';
import { pageText } from '../../lib/report/history-page.js';
import { localTimeAt } from '../../lib/system/local-time.js';

const [WIDTH, HEIGHT] = [1000, 900];
const FROM = 1_790_000_000;
/** s that the page shows, and in which of them the line was down. */
const SPAN = 6000;
const DOWN = [2000, 3000] as const;

/** Pixels of a picture as PNG has them (https://www.w3.org/TR/png): 8 bits of red, green, blue, and maybe alpha, without interlace. */
function readPng(bytes: Buffer): { width: number; at(x: number, y: number): number[] } {
  const [width, height, channels] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[25] === 6 ? 4 : 3];
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [raw, row] = [inflateSync(Buffer.concat(parts)), width * channels];
  const pixels = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)];
    for (let i = 0; i < row; i++) {
      const left = i >= channels ? (pixels[y * row + i - channels] ?? 0) : 0;
      const up = y > 0 ? (pixels[(y - 1) * row + i] ?? 0) : 0;
      const corner = i >= channels && y > 0 ? (pixels[(y - 1) * row + i - channels] ?? 0) : 0;
      const nearest = [left, up, corner].map((value) => Math.abs(left + up - corner - value));
      const paeth = [left, up, corner][nearest.indexOf(Math.min(...nearest))] ?? 0;
      const guess = [0, left, up, (left + up) >> 1, paeth][filter ?? 0] ?? 0;
      pixels[y * row + i] = ((raw[y * (row + 1) + 1 + i] ?? 0) + guess) & 255;
    }
  }
  return { width, at: (x, y) => [...pixels.subarray(y * row + x * channels, y * row + x * channels + 3)] };
}

/** How the browser draws the page, and how its document is once it is loaded. */
async function browse(folder: string, page: string) {
  const file = join(folder, 'page.html');
  writeFileSync(file, page);
  const run = async (...more: string[]) => {
    const own = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--hide-scrollbars',
      `--user-data-dir=${join(folder, 'profile')}`,
    ];
    const args = [...own, `--window-size=${WIDTH},${HEIGHT}`, ...more, `file://${file}`];
    return promisify(execFile)('chromium', args, { timeout: 120_000, maxBuffer: 1e8 });
  };
  const picture = join(folder, 'page.png');
  // It says on stderr what the page's own policy forbids, and what cannot be understood.
  const { stderr } = await run('--enable-logging=stderr', '--log-level=0', `--screenshot=${picture}`);
  const { stdout } = await run('--dump-dom');
  return {
    picture: readPng(readFileSync(picture)),
    said: stderr.split('\n').filter((line) => line.includes('CONSOLE')),
    dom: stdout,
  };
}

function point(at: number, state: (typeof STATES)[number]): Point {
  const isUp = state === 'up';
  return {
    at: FROM + at,
    seconds: 60,
    seen: STATES.map((word) => Number(word === state)),
    values: { loss_percent: isUp ? 0 : 100, received_kbit: 5000, ...(isUp ? { rtt_ms: 20 } : {}) },
    ...(isUp ? { rtt: { least: 15, most: 30 } } : {}),
  };
}

tap.test('a browser shows the page as it is meant', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mini-mwan-page-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const points = Array.from({ length: SPAN / 50 }, (_, i) =>
    point(50 * i, 50 * i >= DOWN[0] && 50 * i < DOWN[1] ? 'down' : 'up'),
  );
  const name = '<b>dsl</b><script>document.title="taken"</script>';
  const past = { from: FROM, to: FROM + SPAN, figures: [], shares: [], transitions: new Map([[name, 1]]) };
  const event = {
    at: FROM + DOWN[0],
    timestamp: '2026-09-21T14:06:40Z',
    kind: 'transition',
    wan: name,
    old: 'up',
    new: 'down',
    words: 'no reply',
  } as const;
  const { picture, said, dom } = await browse(
    folder,
    pageText({ ...past, series: [{ wan: name, points }], events: [event] }, localTimeAt),
  );

  t.strictSame(said, [], 'nothing is wrong with it');
  t.match(dom, /<h2>&lt;b&gt;dsl&lt;\/b&gt;&lt;script&gt;/, 'a name is a text');
  t.match(dom, '<title>mini-mwan: ');
  t.match(dom, /<li>.*up to down: no reply<\/li>/);
  t.equal(picture.width, WIDTH);

  /** Runs of a colour in a row of pixels: red where the line was down, green beside. */
  const kinds = (y: number) =>
    Array.from({ length: WIDTH }, (_, x) => {
      const [red = 0, green = 0, blue = 0] = picture.at(x, y);
      if (red > 180 && green < 80 && blue < 90) return 'r';
      return green > 140 && red < 90 && blue < 120 ? 'g' : ' ';
    }).join('');
  const bands = Array.from({ length: HEIGHT }, (_, y) => kinds(y)).filter((row) =>
    /g{100,} ?r{50,} ?g{100,}/.test(row),
  );
  t.ok(bands.length >= 10, `a band of states, ${bands.length} pixels high`);
  const [band = ''] = bands;
  const [, before = '', down = '', after = ''] = /(g+) ?(r+) ?(g+)/.exec(band) ?? [];
  const all = before.length + down.length + after.length;
  t.ok(Math.abs(before.length / all - DOWN[0] / SPAN) < 0.01, 'it fell when it fell');
  t.ok(Math.abs(down.length / all - (DOWN[1] - DOWN[0]) / SPAN) < 0.01, 'and for as long');
  t.ok(all > 0.7 * WIDTH, 'it has the width of the page');

  /** Pixels of the line of RTTs: where it was down there is none. */
  const left = band.indexOf('g');
  const isLine = (x: number) =>
    Array.from({ length: 400 }, (_, y) => picture.at(x, y)).some(
      ([red = 0, green = 0, blue = 0]) => blue > 200 && red < 80 && green < 150,
    );
  const across = (share: number) => left + Math.round(share * all);
  t.ok(isLine(across(0.1)) && isLine(across(0.8)));
  t.notOk(isLine(across(0.42)), 'no RTT of a line that is silent');
});
