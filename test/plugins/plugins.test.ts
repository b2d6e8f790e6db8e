import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tap, { type Test } from 'tap';
import { type Message, messageOf } from '../../lib/report/alert-text.js';
import type { Notice } from '../../lib/report/alerts.js';
import { metricsBody } from '../../lib/report/metric-formats.js';

/** Signs that mean something to a shell, to curl, to JSON, to a head of a mail, and to those who read it. */
const HOSTILE =
  '$(touch HACKED) `touch HACKED` ";touch HACKED;" \'x\' \\ %0a <!channel> @everyone *a* &\r\nBcc: all@example.org\u001b[2J ü';
const NOTICE: Notice = {
  plugin: 'p',
  key: 'wan-down:wan1',
  state: 'begin',
  level: 'warning',
  wan: 'wan1',
  device: 'eth1',
  from: 'up',
  to: 'down',
  reason: HOSTILE,
};
/** The reason, as it may be shown. */
const SHOWN = HOSTILE.replace(/[^ -~]|[=\\]/g, '?');
const SHELLS = ['busybox ash', 'dash'];

interface Heard {
  url: string;
  headers: Record<string, unknown>;
  body: string;
}

/** Runs a plugin of ours by a shell, in an empty folder that must stay so; resolves to how it ended. */
async function run(shell: string, name: string, env: Record<string, string>, input: string) {
  const [program = '', ...args] = [...shell.split(' '), join(process.cwd(), 'lib/plugins', name)];
  const cwd = mkdtempSync(join(tmpdir(), 'mini-mwan-plugin-'));
  const options = { cwd, env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', ...env } };
  return new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (readdirSync(cwd).length > 0) throw new Error(`${name} has left ${readdirSync(cwd)}`);
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

async function listen(t: Test, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** An HTTP server that answers with a status, or never. */
async function web(t: Test, status: (url: string) => number): Promise<{ port: number; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createHttp((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      heard.push({ url: request.url ?? '', headers: request.headers, body });
      response.writeHead(status(request.url ?? '')).end('x'.repeat(100_000));
    });
  });
  return { port: await listen(t, server), heard };
}

const message = (format: string, variables: Record<string, string> = {}): Message =>
  messageOf(NOTICE, { host: 'router', time: 1_700_000_000.4 }, format, variables);

tap.test('webhook: what each service takes', async (t) => {
  const { port, heard } = await web(t, () => 200);
  const title = 'router: wan1 down (warning)';
  const text = `wan1 (eth1) down: ${SHOWN}`;
  const CASES: [format: string, variables: Record<string, string>, body: object][] = [
    [
      'json',
      {},
      { key: 'wan-down:wan1', state: 'begin', level: 'warning', from: 'up', to: 'down', reason: SHOWN, text },
    ],
    [
      'slack',
      {},
      { text: `${title}\n${text}`.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') },
    ],
    ['discord', {}, { content: `${title}\n${text}`, allowed_mentions: { parse: [] } }],
    ['ntfy', { TOPIC: 'mine' }, { topic: 'mine', title, message: text, priority: 3 }],
    ['telegram', { CHAT: '-100' }, { chat_id: '-100', text: `${title}\n${text}`, parse_mode: undefined }],
  ];
  for (const shell of SHELLS) {
    for (const [format, variables, body] of CASES) {
      const URL = `http://127.0.0.1:${port}/a/${format}?b={c}&d=$(e)`;
      const { env, input } = message(format, { ...variables, URL, HEADER: 'Authorization: Bearer a b;$(c)' });
      t.strictSame(await run(shell, 'webhook', env, input), { exitCode: 0, stdout: '', stderr: '' }, format);
      const [last = { url: '', headers: {}, body: '{}' }] = heard.splice(0);
      t.match(JSON.parse(last.body), body, `${format}, ${shell}`);
      t.equal(last.url, `/a/${format}?b={c}&d=$(e)`);
      t.match(last.headers, { 'content-type': 'application/json', authorization: 'Bearer a b;$(c)' });
    }
  }
});

tap.test('webhook: what it refuses, and what fails', async (t) => {
  let tries = 0;
  const { port, heard } = await web(t, (url) => (url === '/late' && tries++ > 0 ? 200 : 500));
  const URL = `http://127.0.0.1:${port}/`;
  const CASES: [variables: Record<string, string>, stderr: RegExp][] = [
    [{}, /^option url is missing$/m],
    [{ URL: 'file:///etc/passwd' }, /begins neither with/],
    [{ URL: `${URL} x` }, /signs that no URL has/],
    [{ URL: `${URL}"x` }, /signs that no URL has/],
    [{ URL: `${URL}\\x` }, /signs that no URL has/],
    [{ URL: `${URL}"\noutput = "HACKED` }, /signs that no URL has/],
    [{ URL, HEADER: 'A: b"\nurl = "file:///etc/passwd' }, /signs that no header may have/],
    [{ URL, HEADER: 'A: b\\' }, /signs that no header may have/],
  ];
  for (const shell of SHELLS) {
    for (const [variables, stderr] of CASES) {
      const { exitCode, ...said } = await run(shell, 'webhook', { ...message('json').env, ...variables }, '{}');
      t.not(exitCode, 0);
      t.match(said.stderr, stderr, JSON.stringify(variables));
    }
  }
  t.strictSame(heard, []);
  const refused = { ...message('json').env, URL: 'http://127.0.0.1:1/' };
  const bad = { ...message('json').env, URL };
  const [never, nobody, late] = await Promise.all([
    run('busybox ash', 'webhook', bad, '{}'),
    run('dash', 'webhook', refused, '{}'),
    run('dash', 'webhook', { ...bad, URL: `${URL}late` }, '{"a":1}'),
  ]);
  t.match([never, nobody, late], [{ exitCode: 22, stderr: /500/ }, { stderr: /^curl: \(7\)/ }, { exitCode: 0 }]);
  t.strictSame(
    heard.filter(({ url }) => url === '/late').map(({ body }) => body),
    ['{"a":1}', '{"a":1}'],
    'the second try is the last one that is needed',
  );
});

const WANS = [
  {
    name: 'wan1',
    device: 'eth1',
    status: 'up',
    reason: HOSTILE,
    rtt_ms: 11.8,
    jitter_ms: null,
    rx_bytes: 7,
    in_use: true,
    health: 'recovering',
    quality: { degraded: true, loss_percent: 2.5, jitter_ms: null },
  },
  {
    name: 'a,b =c',
    device: null,
    status: 'd"o\\wn\n',
    loss_percent: 100,
    ping_targets: ['1.1.1.1'],
    in_use: false,
    health: 'down',
  },
];
const METRICS = { time: 1_700_000_000.4, wans: WANS };

tap.test('influxdb: line protocol', async (t) => {
  const { port, heard } = await web(t, () => 204);
  const URL = `http://127.0.0.1:${port}/api/v2/write?org=o&bucket=b`;
  for (const shell of SHELLS) {
    const input = metricsBody(METRICS, 'my router', 'influx');
    t.match(await run(shell, 'influxdb', { URL, TOKEN: 'a==$(b)' }, input), { exitCode: 0, stdout: '', stderr: '' });
    t.match(heard.splice(0), [
      {
        url: '/api/v2/write?org=o&bucket=b',
        headers: { authorization: 'Token a==$(b)' },
        body:
          'mini_mwan,host=my\\ router,wan=wan1,device=eth1 up=1,rtt_ms=11.8,rx_bytes=7,in_use=1,quality_degraded=1,quality_loss_percent=2.5,status="up",health="recovering" 1700000000000000000\n' +
          'mini_mwan,host=my\\ router,wan=a\\,b\\ \\=c up=0,loss_percent=100,in_use=0,status="d\\"o\\\\wn?",health="down" 1700000000000000000\n',
      },
    ]);
    t.match(await run(shell, 'influxdb', { URL, TOKEN: 'a"b' }, input), { exitCode: 1, stderr: /^option token/ });
    t.match(await run(shell, 'influxdb', { URL: 'x' }, input), { exitCode: 1, stderr: /^option url/ });
    t.match(await run(shell, 'influxdb', {}, input), { exitCode: 1, stderr: /^option url is missing/ });
  }
});

tap.test('graphite: plaintext protocol, by each program that can', async (t) => {
  const heard: string[] = [];
  const server = createTcp({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.on('data', (piece) => {
      text += piece;
    });
    // As carbon does: it hangs up when it has all.
    socket.on('end', () => {
      heard.push(text);
      socket.end();
    });
  });
  const port = await listen(t, server);
  const input = metricsBody(METRICS, 'my.router', 'graphite', 'net');
  const lines = [
    ...['up 1', 'rtt_ms 11.8', 'rx_bytes 7', 'in_use 1', 'quality_degraded 1', 'quality_loss_percent 2.5'].map(
      (line) => `net.my_router.wan1.${line} 1700000000\n`,
    ),
    ...['up 0', 'loss_percent 100', 'in_use 0'].map((line) => `net.my_router.a_b__c.${line} 1700000000\n`),
  ];
  const bin = mkdtempSync(join(tmpdir(), 'mini-mwan-bin-'));
  writeFileSync(join(bin, 'nc'), '#!/bin/sh\nexec /bin/busybox nc "$@"\n', { mode: 0o755 });
  for (const shell of ['/bin/busybox ash', '/bin/dash']) {
    for (const PATH of [process.env.PATH ?? '', bin]) {
      const ended = await run(shell, 'graphite', { SERVER: `127.0.0.1:${port}`, PATH }, input);
      t.match(ended, { exitCode: 0, stdout: '', stderr: '' }, PATH);
      // socat does not wait for the server.
      while (heard.length === 0) await sleep(5);
      t.strictSame(heard.splice(0), [lines.join('')]);
    }
    for (const SERVER of ['', 'host', ':1', 'host:', 'a:b', '-x:1', 'a b:1', 'a:1:2', '$(x):1', 'a,b:1']) {
      t.match(await run(shell, 'graphite', { SERVER }, input), { exitCode: 1, stderr: /^option server/ }, SERVER);
    }
  }
});

tap.test('mail: by the interface of sendmail', async (t) => {
  const bin = mkdtempSync(join(tmpdir(), 'mini-mwan-bin-'));
  const program = (name: string, script: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  program('sendmail', 'printf "<%s>" "$@"; echo; cat');
  program('own mailer', 'echo own; cat >/dev/null; exit 75');
  const PATH = `${bin}:${process.env.PATH}`;
  const { env, input } = message('json', { TO: 'a@example.org, b@example.org', FROM: 'r@example.org' });
  for (const shell of SHELLS) {
    const { exitCode, stdout } = await run(shell, 'mail', { ...env, PATH }, input);
    t.strictSame(
      [exitCode, stdout.split('\n')],
      [
        0,
        [
          '<-t><-i><-f><r@example.org>',
          'From: r@example.org',
          'To: a@example.org, b@example.org',
          'Subject: router: wan1 down (warning)',
          'Auto-Submitted: auto-generated',
          'Content-Type: text/plain; charset=us-ascii',
          '',
          `wan1 (eth1) down: ${SHOWN}`,
          '',
          'wan-down:wan1: begin, level warning',
          '',
        ],
      ],
    );
    const bare = await run(shell, 'mail', { ...env, FROM: '', PATH }, input);
    t.match(bare.stdout, /^<-t><-i>\nTo: /);
    const own = await run(shell, 'mail', { ...env, PATH, SENDMAIL: join(bin, 'own mailer') }, input);
    t.match(own, { exitCode: 75, stdout: 'own\n' });
    for (const more of [{ TO: '' }, { TO: 'a\nBcc: c' }, { FROM: '-oQ/tmp' }, { FROM: 'a b' }]) {
      t.match(
        await run(shell, 'mail', { ...env, PATH, ...more }, input),
        { exitCode: 1, stdout: '' },
        JSON.stringify(more),
      );
    }
  }
});

/** A mail server (RFC 5321, as far as one mail goes), and whom it was for, and its text. */
async function mailServer(t: Test): Promise<{ port: number; mails: { to: string[]; text: string }[] }> {
  const mails: { to: string[]; text: string }[] = [];
  const server = createTcp((socket) => {
    let [to, text, isData]: [string[], string, boolean] = [[], '', false];
    socket.setEncoding('utf8').on('error', () => {});
    socket.write('220 lab\r\n');
    let rest = '';
    socket.on('data', (piece: string) => {
      const lines = `${rest}${piece}`.split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (isData && line !== '.') {
          text += `${line}\n`;
          continue;
        }
        if (isData) mails.push({ to, text });
        isData = line === 'DATA';
        if (line.startsWith('RCPT')) to.push(line);
        socket.write(isData ? '354 go on\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
      }
    });
  });
  return { port: await listen(t, server), mails };
}

tap.test('mail: by msmtp to a server', async (t) => {
  const { port, mails } = await mailServer(t);
  const bin = mkdtempSync(join(tmpdir(), 'mini-mwan-bin-'));
  const mailer = join(bin, 'mailer');
  writeFileSync(mailer, `#!/bin/sh\nexec msmtp --host=127.0.0.1 --port=${port} "$@"\n`, { mode: 0o755 });
  const { env, input } = message('json', { TO: 'a@example.org, b@example.org', FROM: 'r@example.org' });
  const ended = await run('dash', 'mail', { ...env, SENDMAIL: mailer }, input);
  t.match(ended, { exitCode: 0, stderr: '' });
  t.match(mails, [{ to: [/<a@example\.org>/, /<b@example\.org>/], text: /^Subject: router: wan1 down/m }]);
  t.equal(mails[0]?.to.length, 2, 'no other heads');
  t.ok(mails[0]?.text.includes(`wan1 (eth1) down: ${SHOWN}`));
});
