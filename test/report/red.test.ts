import tap from 'tap';
import { redJson, redLines } from '../../lib/report/red.js';
import type { Red, Role } from '../../lib/uplink.js';

const NOW = { uptime: 1000, bootId: 'boot' };
const BLOCK = { RED_TYPE: 'STATIC', RED_DEV: 'red0' };
const UP: Red = {
  now: NOW,
  patience: 90,
  block: BLOCK,
  active: true,
  kept: false,
  iface: 'red0',
  local: '192.0.2.2',
  remote: '192.0.2.1',
};
const role = (more: Partial<Role>): Role => ({ holder: 'usb', primary: { block: BLOCK }, ours: [], ...more });
const backups = ['usb', 'ether'];

tap.test('who holds RED', async (t) => {
  const start = { bootId: 'boot', deadline: 1043, begun: true as const };
  const CASES: [what: string, red: Red, words: (string | RegExp)[], not: RegExp][] = [
    [
      'the primary',
      UP,
      ['held by primary, red0 192.0.2.2 via 192.0.2.1 for 5 min', 'usb, ether'],
      /inactive|started|hung/,
    ],
    ['a backup', { ...UP, role: role({}) }, ['held by usb'], /inactive|started|hung/],
    [
      'a start',
      { ...UP, active: false, working: true, role: role({ start }) },
      ['inactive; usb is to hold it', /started.*43 s/],
      /hung|interrupted/,
    ],
    ['a start that nobody works at', { ...UP, active: false, role: role({ start }) }, ['inactive'], /started|hung/],
    [
      'a start that came to nothing',
      { ...UP, active: false, role: role({ start: { ...start, deadline: 900 } }) },
      ['inactive'],
      /started|hung/,
    ],
    ['a kill', { ...UP, role: role({ start: { bootId: 'boot', deadline: 0 } }) }, ['interrupted'], /hung|started/],
    ['hung up', { ...UP, active: false, role: role({ hungUp: true }) }, ['hung up by hand'], /started/],
    ['IPFire itself', { ...UP, active: false, working: true }, ['inactive; primary', 'dialling'], /hung|started/],
  ];
  for (const [what, red, words, not] of CASES) {
    const text = redLines({ red, since: 300, backups }).join('\n');
    for (const word of words) t.match(text, word, what);
    t.notMatch(text, not, what);
  }
  t.match(redLines({ red: UP, backups: [] }).join('\n'), 'none');
});

tap.test('the same as one value', async (t) => {
  t.strictSame(redJson({ red: UP, since: 12.4, backups }), {
    holder: 'primary',
    active: true,
    device: 'red0',
    address: '192.0.2.2',
    gateway: '192.0.2.1',
    since_s: 12,
    starting: false,
    start_ends_s: null,
    interrupted: false,
    hung_up: false,
    backups,
  });
  const start = { bootId: 'boot', deadline: 1043, begun: true as const };
  t.match(redJson({ red: { ...UP, active: false, working: true, role: role({ start }) }, backups: [] }), {
    holder: 'usb',
    starting: true,
    start_ends_s: 43,
    since_s: null,
  });
});
