import tap from 'tap';
import { parseItems, parsePrint, questionsFor, readRate, toSight } from '../../lib/observe/routeros.js';
import {
  curlConfig,
  curlFailure,
  readAnswer,
  readRequest,
  splitAnswers,
  writeRequest,
} from '../../lib/observe/routeros-rest.js';
import { readCommand, readPrinted, sshArgs, sshFailure, writeCommand } from '../../lib/observe/routeros-ssh.js';
import { MACHINE } from '../routeros/driver.js';

const QUESTIONS = questionsFor({ ...MACHINE, force: true }, []);
const ENTRY = { disabled: false, inactive: false, distance: 1, rate: 0 };

tap.test('rates as RouterOS prints them', async (t) => {
  const CASES: [text: string, rate: number | undefined][] = [
    ['800M', 800e6],
    ['1500k', 1.5e6],
    ['2G', 2e9],
    ['1.5M', 1.5e6],
    ['500000000', 5e8],
    ['500000000bps', 5e8],
    ['0', 0],
    ['unlimited', 0],
    ['', 0],
    ['999999999999999G', 1e13],
    ['-1', undefined],
    ['1e9', undefined],
    ['fast', undefined],
    ['8M/8M', undefined],
  ];
  for (const [text, rate] of CASES) t.equal(readRate(text), rate, text);
});

tap.test('entries: a list or an object, numbers as text or as numbers', async (t) => {
  const queue = { '.id': '*A', name: 'cake-down', 'max-limit': '500000000', disabled: 'false' };
  const expected = { ...ENTRY, id: '*A', name: 'cake-down', rate: 5e8 };
  const see = (body: unknown) => toSight(QUESTIONS, [parseItems(JSON.stringify(body)), [], []]).queues;
  t.strictSame(see([queue]), [expected]);
  t.strictSame(see(queue), [expected]);
  t.strictSame(see([{ ...queue, 'max-limit': 500000000, disabled: false }]), [expected]);
  t.strictSame(see([{ ...queue, 'max-limit': '500M' }]), [expected]);
  t.strictSame(see([]), []);
  t.strictSame(see([{ ...queue, '.id': '1; reboot' }]), [], 'what is no id is none');
  t.strictSame(see([{ ...queue, name: undefined }]), []);
  for (const text of ['', '{', '7', '[1]', '["a"]', 'null', '<html>']) t.equal(parseItems(text), undefined, text);
});

tap.test('what the console prints', async (t) => {
  const printed = `Flags: D - dynamic; X - disabled, I - inactive, A - active; c - connect, s - static
 0  As  ;;; WAN1 default
       dst-address=0.0.0.0/0 routing-table=main gateway=203.0.113.1
       immediate-gw=203.0.113.1%ether1 distance=1 scope=30
 1 XIs  ;;; WAN2 default
       dst-address=0.0.0.0/0 gateway=pppoe-out1 distance=2
 2  DAc  dst-address=10.0.0.0/24 gateway=bridge distance=0
`;
  const [first, second, third] = parsePrint(printed.replaceAll('\n', '\r\n'));
  t.match(first?.fields, { comment: 'WAN1 default', distance: '1', gateway: '203.0.113.1', disabled: undefined });
  t.match(second?.fields, { comment: 'WAN2 default', disabled: 'true', inactive: 'true', distance: '2' });
  t.match(third?.fields, { comment: undefined, 'dst-address': '10.0.0.0/24' });
  t.match(parsePrint(' 0 X ;;; C\n')[0]?.fields, { comment: 'C', disabled: 'true' });
  t.match(parsePrint(' 0 ;;; C\n')[0]?.fields, { comment: 'C', disabled: undefined });
  t.match(parsePrint(' 0   name="a \\"b" max-limit=800M bytes=1/2 queued-bytes=3 ')[0]?.fields, {
    name: 'a "b',
    'max-limit': '800M',
    bytes: '1/2',
    'queued-bytes': '3',
  });
  t.strictSame(parsePrint('bad command name quueue (line 1 column 2)\n'), []);
  const said = `#0#\nFlags: X - disabled\n#1#\nFlags: X\n 0 X  ;;; steer; fast\n      chain=prerouting\n#2#\nbad command name\n`;
  const [queues, rules, routes] = readPrinted(QUESTIONS, said);
  t.strictSame([queues, rules?.length, routes], [[], 1, undefined]);
  t.strictSame(readPrinted(QUESTIONS, 'no such thing'), [undefined, undefined, undefined]);
});

tap.test('what is asked for', async (t) => {
  t.strictSame(JSON.parse(readRequest(QUESTIONS[2] as (typeof QUESTIONS)[0]).body ?? '')['.query'], [
    'comment=WAN1 default',
    'comment=WAN2 default',
    '#|',
  ]);
  const former = [
    { kind: 'route' as const, name: 'old', disabled: false },
    { kind: 'rates' as const, queues: { up: { name: 'u', rate: 1 }, down: { name: 'd', rate: 2 } } },
  ];
  t.match(
    questionsFor(MACHINE, former).map(({ names }) => names.join()),
    ['cake-up,cake-down,u,d', 'steer; fast', 'WAN1 default,WAN2 default,old', '', '', ''],
  );
  t.match(
    readCommand(QUESTIONS),
    /^:put "#0#"; \/queue tree print detail where name="cake-up" \|\| name="cake-down"; :put "#1#"; /,
  );
  const order = {
    menu: 'ip route',
    by: 'comment' as const,
    entry: { id: '*7', name: 'a b' },
    set: { disabled: 'true' },
  };
  t.equal(writeCommand(order), '/ip route set [find where comment="a b"] disabled=yes');
  t.strictSame(writeRequest(order), { method: 'PATCH', path: 'ip/route/*7', body: '{"disabled":"true"}' });
});

tap.test('curl is told all by its standard input', async (t) => {
  const access = { host: '10.0.0.1', port: 443, user: 'u', password: 'a"b\\c\td', timeout: 5 };
  const requests = [
    writeRequest({ menu: 'ip route', by: 'comment', entry: { id: '*7', name: 'x' }, set: { a: 'b"' } }),
  ];
  const lines = curlConfig(access, requests).split('\n');
  t.ok(lines.includes('user = "u:a\\"b\\\\c\\td"'));
  t.ok(lines.includes('url = "https://10.0.0.1:443/rest/ip/route/*7"'));
  t.ok(lines.includes('proto = "=https"'));
  t.notOk(lines.includes('insecure'), 'the certificate is checked');
  const pin = `sha256//${'A'.repeat(43)}=`;
  t.ok(curlConfig({ ...access, pin }, requests).includes('\ninsecure'), 'whoever has the key needs no authority');
  t.notOk(curlConfig({ ...access, pin, ca: '/c' }, requests).includes('\ninsecure'));
  t.ok(curlConfig({ ...access, host: 'fd00::1' }, requests).includes('https://[fd00::1]:443/'));
});

tap.test('answers of curl', async (t) => {
  t.strictSame(splitAnswers('[]\n200\n{"a":1}\n404\n'), [
    { body: '[]', status: 200 },
    { body: '{"a":1}', status: 404 },
  ]);
  t.strictSame(splitAnswers(''), []);
  const CASES: [status: number, body: string, expected: object][] = [
    [200, '[]', { length: 0 }],
    [200, '<html>', { again: true, elsewhere: true }],
    [
      401,
      '{"error":401,"message":"Unauthorized"}',
      { text: /does not let us in \(status 401: Unauthorized\)/, again: false },
    ],
    [404, '', { gone: true, again: false, elsewhere: undefined }],
    [
      400,
      '{"detail":"no such command"}',
      { text: 'status 400: no such command', again: false, elsewhere: undefined, refused: true },
    ],
    [400, '{"detail":"unknown parameter x"}', { again: false, refused: undefined }],
    [401, '', { refused: undefined }],
    [403, '', { again: false, refused: true }],
    [408, '', { again: true }],
    [500, '{"detail":"not enough permissions (9)"}', { again: false, elsewhere: true, refused: true }],
    [500, '{"detail":"busy"}', { text: 'status 500: busy', again: true, elsewhere: true }],
  ];
  for (const [status, body, expected] of CASES) t.match(readAnswer({ status, body }), expected, `${status} ${body}`);
  t.match(curlFailure(60, 'curl: (60) SSL: no\n', undefined), {
    text: /not trusted \(SSL: no\)/,
    again: false,
    elsewhere: true,
  });
  t.match(curlFailure(7, 'curl: (7) refused\n', undefined), { text: 'refused', again: true });
  t.match(curlFailure(undefined, '', 'not found'), { text: 'curl: not found', again: false, elsewhere: true });
});

tap.test('ssh asks nobody, and knows the machine', async (t) => {
  const words = sshArgs(MACHINE, { port: 22, key: '/k', knownHosts: '/h' }).join(' ');
  for (const word of [
    '-F none',
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'PreferredAuthentications=publickey',
    'UserKnownHostsFile=/h',
  ])
    t.ok(words.includes(word), word);
  t.ok(words.endsWith('-- 10.0.0.1'));
  const CASES: [stderr: string, expected: object][] = [
    ['root@h: Permission denied (publickey).\r\n', { text: /does not let us in/, again: false, elsewhere: undefined }],
    ['Host key verification failed.\r\n', { text: /host key is not known/, again: false, elsewhere: true }],
    ['ssh: connect to host h port 22: Connection refused\r\n', { text: /refused/, again: true, elsewhere: true }],
  ];
  for (const [stderr, expected] of CASES) t.match(sshFailure(255, stderr, undefined), expected, stderr);
  t.equal(sshFailure(0, '', undefined), undefined);
  t.match(sshFailure(undefined, '', 'no end after 11 s'), { again: true });
});
