import tap from 'tap';
import { messageOf } from '../../lib/report/alert-text.js';
import type { Notice } from '../../lib/report/alerts.js';

const WHERE = { host: 'r', time: 5 };
const NOTICE: Notice = {
  ...{ plugin: 'p', key: 'wan-down:a', state: 'begin', level: 'warning', wan: 'a', device: 'eth1', to: 'down' },
  reason: 'no reply',
};

tap.test('titles and sentences', async (t) => {
  const CASES: [Partial<Notice>, title: string, text: string][] = [
    [{}, 'r: a down (warning)', 'a (eth1) down: no reply'],
    [{ to: 'no_gateway' }, 'r: a down (warning)', 'a (eth1) no gateway: no reply'],
    [{ state: 'end', to: 'up', lasted: 240 }, 'r: over: a down', 'a (eth1) up after 4 min: no reply'],
    [{ state: 'end', to: 'up' }, 'r: over: a down', 'a (eth1) up: no reply'],
    [{ key: 'wan-degraded:a', to: 'degraded' }, 'r: a degraded (warning)', 'a (eth1) degraded: no reply'],
    [{ key: 'wan-restarted:a', level: 'info' }, 'r: a restarted (info)', 'a (eth1) down: no reply'],
    [{ key: 'wan-degraded:a', state: 'end', to: 'up' }, 'r: over: a degraded', 'a (eth1) up: no reply'],
  ];
  for (const [more, title, text] of CASES) {
    const { env } = messageOf({ ...NOTICE, ...more }, WHERE, 'text', {});
    t.strictSame([env.TITLE, env.TEXT], [title, text]);
  }
  const { wan: _, device: __, to: ___, ...of } = NOTICE;
  const OTHERS: [Partial<Notice>, title: string, text: string][] = [
    [{ key: 'no-wan-up', level: 'critical' }, 'r: no WAN is up (critical)', 'no WAN is up: no reply'],
    [{ key: 'no-wan-up', state: 'end', lasted: 5 }, 'r: over: no WAN is up', 'it is over after 5 s: no reply'],
    [{ key: 'trouble', level: 'error' }, 'r: trouble (error)', 'a round could not do its work: no reply'],
    [{ key: 'wan-down:b', wan: 'b', state: 'end' }, 'r: over: b down', 'b gone: no reply'],
  ];
  for (const [more, title, text] of OTHERS) {
    const { env } = messageOf({ ...of, ...more }, WHERE, 'text', {});
    t.strictSame([env.TITLE, env.TEXT], [title, text]);
  }
});

tap.test('the environment: its own variables, and ours before them', async (t) => {
  const { env, input } = messageOf(NOTICE, WHERE, 'text', { URL: 'a\nb', TEXT: 'own', TO: 'x' });
  t.strictSame(env, {
    ...{ URL: 'a\nb', TO: 'x', KEY: 'wan-down:a', STATE: 'begin', LEVEL: 'warning', WAN: 'a', DEVICE: 'eth1' },
    ...{ OLD_STATUS: '', NEW_STATUS: 'down', REASON: 'no reply', TIME: '5', HOST: 'r' },
    ...{ TITLE: 'r: a down (warning)', TEXT: 'a (eth1) down: no reply' },
  });
  t.equal(input, 'r: a down (warning)\na (eth1) down: no reply\n');
});

tap.test('JSON', async (t) => {
  const { input } = messageOf({ ...NOTICE, from: 'up', lasted: 1.6, reason: 'a\u001bü' }, WHERE, 'json', {});
  t.match(input, /^[ -~]+\n$/);
  t.strictSame(JSON.parse(input), {
    ...{ key: 'wan-down:a', state: 'begin', level: 'warning', wan: 'a', device: 'eth1', from: 'up', to: 'down' },
    ...{ reason: 'a??', time: 5, host: 'r', duration_s: 2, text: 'a (eth1) down: a??' },
  });
});
