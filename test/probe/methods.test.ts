import fc from 'fast-check';
import tap from 'tap';
import type { Wan } from '../../lib/model.js';
import { questionTo } from '../../lib/probe/methods/methods.js';
import type { Answer, Question, Said } from '../../lib/probe/question.js';
import { makeWan } from '../make.js';

const ask = (target: string, http?: Wan['http']) =>
  questionTo(makeWan({ targets: [target], ...(http ? { http } : {}) }), 'eth1', target) as Question;
const read = (question: Question, said: Partial<Said>) => question.read({ stdout: '', stderr: '', ...said });
const lost: Answer = { answered: false };

tap.test('who asks, and where', async (t) => {
  t.equal(questionTo(makeWan(), 'eth1', '1.1.1.1'), undefined, 'an address is pinged');
  const CASES: [target: string, http: Wan['http'], program: string, last: string][] = [
    ['http://1.1.1.1', undefined, 'curl', 'http://1.1.1.1:80/'],
    ['http://1.1.1.1:8080/a?b', undefined, 'curl', 'http://1.1.1.1:8080/a?b'],
    ['https://1.1.1.1/', { host: 'example.com' }, 'curl', 'https://example.com:443/'],
    ['tcp://1.1.1.1', undefined, 'socat', 'TCP4:1.1.1.1:443,so-bindtodevice=eth1,connect-timeout=2'],
    ['tcp://1.1.1.1:53', undefined, 'socat', 'TCP4:1.1.1.1:53,so-bindtodevice=eth1,connect-timeout=2'],
    ['dns://1.1.1.1', undefined, 'socat', 'UDP4:1.1.1.1:53,so-bindtodevice=eth1,readbytes=12'],
    ['arping://10.0.1.1', undefined, 'arping', '10.0.1.1'],
  ];
  for (const [target, http, program, last] of CASES) {
    const question = ask(target, http);
    t.strictSame([question.program, question.args.at(-1)], [program, last], target);
  }
  const named = ask('https://1.1.1.1:8443/', { host: 'example.com' }).args;
  t.equal(named[named.indexOf('--resolve') + 1], 'example.com:8443:1.1.1.1', 'nobody looks the name up');
  t.equal(ask('http://1.1.1.1/').args[0], '-q', 'what keeps curl from its own configuration comes first');
});

const page = (status: number, body = '', head = 'Server: x\r\n') => `HTTP/1.1 ${status} Words\r\n${head}\r\n${body}`;
const TIME = '\n0.012345\n';

tap.test('what a web server answers', async (t) => {
  const well: Answer = { answered: true, rtt: 12.345 };
  const CASES: [what: string, http: NonNullable<Wan['http']>, said: Partial<Said>, expected: Answer | undefined][] = [
    ['a page', {}, { stdout: page(200, 'x'), stderr: TIME }, well],
    ['no page', {}, { stdout: page(204), stderr: TIME }, well],
    ['HTTP/2', {}, { stdout: 'HTTP/2 200 \r\nserver: x\r\n\r\n', stderr: TIME }, well],
    ['a redirect', {}, { stdout: page(302), stderr: TIME }, { ...lost, instead: 'status 302' }],
    ['a redirect that is meant', { status: 302 }, { stdout: page(302), stderr: TIME }, well],
    ['another success', { status: 204 }, { stdout: page(200), stderr: TIME }, { ...lost, instead: 'status 200' }],
    ['an error', {}, { stdout: page(503), stderr: TIME }, { ...lost, instead: 'status 503' }],
    ['early hints', {}, { stdout: page(103) + page(100) + page(200), stderr: TIME }, well],
    ['early hints, and no more', {}, { stdout: page(103), stderr: '\ncurl: (28) Operation timed out\n\n0.01\n' }, lost],
    ['the text', { text: 'Success' }, { stdout: page(200, '<b>Success</b>'), stderr: TIME }, well],
    [
      'the text, in a header only',
      { text: 'Success' },
      { stdout: page(200, 'log in', 'X: Success\r\n'), stderr: TIME },
      { ...lost, instead: 'another text' },
    ],
    ['the text, with another status', { text: 'a' }, { stdout: page(511, 'a') }, { ...lost, instead: 'status 511' }],
    [
      'a page without an end',
      { text: 'Success' },
      { beginning: page(200, `Success ${'a'.repeat(9000)}`), failure: 'printed far too much' },
      { answered: true },
    ],
    [
      'a longer one than asked for',
      {},
      { stdout: page(200), stderr: `\ncurl: (63) Maximum file size exceeded\n${TIME}` },
      well,
    ],
    ['slow', {}, { stdout: page(200, 'a'), stderr: `\ncurl: (28) Operation timed out after 1007 ms\n${TIME}` }, well],
    ['no time', {}, { stdout: page(200), stderr: 'x' }, { answered: true }],
    ['refused', {}, { stderr: '\ncurl: (7) Failed to connect to 1.1.1.1 port 81\n\n0.000000\n' }, lost],
    ['silence', {}, { stderr: '\ncurl: (28) Connection timed out after 1001 milliseconds\n' }, lost],
    ['an empty reply', {}, { stderr: 'curl: (52) Empty reply from server\n' }, lost],
    ['no HTTP at all', {}, { stderr: 'curl: (1) Received HTTP/0.9 when not allowed\n' }, lost],
    [
      'hints without an end',
      {},
      { beginning: page(103).repeat(50), failure: 'printed far too much' },
      { ...lost, instead: 'no page in its first 16 kB' },
    ],
    ['noise of a curl that is broken', {}, { beginning: 'x'.repeat(20), failure: 'x' }, undefined],
    ['complaints without an end', {}, { beginning: '', stderr: 'x', failure: 'x' }, undefined],
    [
      'another version',
      {},
      { stderr: `curl: (1) Unsupported HTTP version (9.9) in response\n${TIME}` },
      { ...lost, instead: 'no HTTP that curl knows' },
    ],
    ['no TLS', {}, { stderr: 'curl: (35) wrong version number\n' }, lost],
    [
      'another certificate',
      {},
      { stderr: 'curl: (60) SSL certificate problem: self-signed certificate\nMore details here\n' },
      { ...lost, instead: 'its certificate is not valid' },
    ],
    ['a curl without TLS', {}, { stderr: 'curl: (1) Protocol "https" not supported\n' }, undefined],
    ['no such device', {}, { stderr: "curl: (45) Couldn't bind to interface 'eth9'\n" }, undefined],
    ['an option that it does not know', {}, { stderr: 'curl: option --resolve: is unknown\n' }, undefined],
    ['no certificates', {}, { stderr: 'curl: (77) error setting certificate verify locations\n' }, undefined],
    [
      'connected, and no certificates',
      {},
      { stderr: `curl: (77) error setting certificate file: /x\n${TIME}` },
      undefined,
    ],
    ['connected, and no word', {}, { stderr: TIME }, undefined],
    ['nothing', {}, {}, undefined],
    ['nonsense', {}, { stdout: 'HTTP 200', stderr: 'x' }, undefined],
    ['a page of somebody else', {}, { stdout: 'x HTTP/1.1 200 OK\r\n\r\n' }, undefined],
    ['killed', {}, { failure: 'no end after 3 s' }, undefined],
  ];
  for (const [what, http, said, expected] of CASES)
    t.strictSame(read(ask('http://1.1.1.1/', http), said), expected, what);
});

/** As socat 1.7.4 has it. */
const notice = (time: string, words: string) => `2026/11/26 ${time} socat[18826] ${words}\n`;
const OPENING = notice('17:59:00.606217', 'N opening connection to AF=2 10.9.0.2:53');
const STARTED = (time: string) => notice(time, 'N starting data transfer loop with FDs [5,5] and [6,6]');

tap.test('what a connection comes to', async (t) => {
  const CASES: [what: string, stdout: string, expected: Answer | undefined][] = [
    ['it is there', OPENING + STARTED('17:59:00.614484'), { answered: true, rtt: 8.267 }],
    [
      'at midnight',
      OPENING.replace('17:59:00', '23:59:59') + STARTED('00:00:00.114484'),
      { answered: true, rtt: 508.267 },
    ],
    ['the clock was set', OPENING + STARTED('12:00:00.000000'), { answered: true }],
    ['nobody knows when it began', STARTED('17:59:00.614484'), { answered: true }],
    ['refused', OPENING + notice('17:59:00.7', 'E connect(6, AF=2 10.9.0.2:54, 16): Connection refused'), lost],
    ['silence', OPENING + notice('17:59:01.7', 'E connecting to AF=2 10.9.0.3:53: Connection timed out'), lost],
    ['no way', OPENING + notice('17:59:01.7', 'E connect(5, AF=2 10.9.0.2:5, 16): Network is unreachable'), lost],
    ['no device', notice('17:59:01.7', 'E setsockopt(5, 1, 25, "eth9", 5): No such device'), undefined],
    ['an old socat', notice('17:59:01', 'E parseopts(): unknown option "so-bindtodevice"'), undefined],
    ['nothing', '', undefined],
    ['the words of somebody else', 'starting data transfer, Connection refused', undefined],
  ];
  for (const [what, stdout, expected] of CASES)
    t.strictSame(read(ask('tcp://10.9.0.2:53'), { stdout }), expected, what);
});

const hexOf = (bytes: number[]) => bytes.map((byte) => ` ${byte.toString(16).padStart(2, '0')}`).join('');
const SENT = `> 2026/11/26 17:59:00.000614500  length=17 from=0 to=16\n 12 34\n`;
const heard = (bytes: number[], time = '17:59:00.634484') =>
  `< 2026/11/26 17:59:00.000634400  length=${bytes.length} from=0 to=11\n${hexOf(bytes)}\n` +
  notice(time, 'N socket 2 (fd 5) is at EOF');

tap.test('what a name server answers', async (t) => {
  const { input = '' } = ask('dns://1.1.1.1/www.example.com');
  t.match(input, /^[\0-\x7f]+$/, 'it is text');
  t.equal(input.slice(2), '\x01\0\0\x01\0\0\0\0\0\0\x03www\x07example\x03com\0\0\x01\0\x01');
  t.equal(ask('dns://1.1.1.1').input?.slice(2), '\x01\0\0\x01\0\0\0\0\0\0\0\0\x02\0\x01', 'the servers of the root');

  const begin = STARTED('17:59:00.614484') + SENT;
  const CASES: [what: string, rest: number[], expected: Answer][] = [
    ['an address', [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], { answered: true, rtt: 20 }],
    ['300 of them', [0x81, 0x80, 0, 1, 1, 44, 0, 0, 0, 0], { answered: true, rtt: 20 }],
    ['none', [0x81, 0x80, 0, 1, 0, 0, 0, 1, 0, 0], { ...lost, instead: 'no address' }],
    ['it cannot', [0x81, 0x82, 0, 1, 0, 0, 0, 0, 0, 0], { ...lost, instead: 'SERVFAIL' }],
    ['no such name', [0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0], { ...lost, instead: 'NXDOMAIN' }],
    ['it may not', [0x81, 0x85, 0, 1, 0, 0, 0, 0, 0, 0], { ...lost, instead: 'REFUSED' }],
    ['another error', [0x81, 0x8b, 0, 1, 0, 0, 0, 0, 0, 0], { ...lost, instead: 'error 11' }],
    ['the question itself', [1, 0, 0, 1, 0, 0, 0, 0, 0, 0], lost],
    ['less than a header', [0x81, 0x80, 0, 1], lost],
  ];
  for (const [what, rest, expected] of CASES) {
    const question = ask('dns://1.1.1.1/example.com');
    const id = [...(question.input ?? '').slice(0, 2)].map((sign) => sign.charCodeAt(0));
    t.strictSame(read(question, { stderr: begin + heard([...id, ...rest]) }), expected, what);
    const other = [id[0] as number, ((id[1] as number) + 1) % 128];
    t.strictSame(read(question, { stderr: begin + heard([...other, ...rest]) }), lost, `${what}, to another question`);
  }
  const question = ask('dns://1.1.1.1');
  t.strictSame(read(question, { stderr: begin }), lost, 'silence');
  t.strictSame(
    read(question, { stderr: begin + notice('1', 'E read(5, 0x5, 12): Connection refused') }),
    lost,
    'refused',
  );
  t.strictSame(read(question, { stderr: notice('1', 'E connect(5): Network is unreachable') }), lost, 'no way');
  t.equal(read(question, { stderr: notice('1', 'E setsockopt(5, "eth9"): No such device') }), undefined);
  t.equal(read(question, { stdout: 'x', stderr: '' }), undefined);
  const ids = new Set(Array.from({ length: 100 }, () => ask('dns://1.1.1.1').input?.slice(0, 2)));
  t.ok(ids.size > 50, 'each question has a number of its own');
});

tap.test('what a neighbour answers', async (t) => {
  const head = 'ARPING 10.9.0.2 from 10.9.0.1 eth1\n';
  const CASES: [what: string, stdout: string, expected: Answer | undefined][] = [
    [
      'iputils',
      `${head}Unicast reply from 10.9.0.2 [42:C6:F5:EE:A9:74]  0.539ms\nSent 1 probes (1 broadcast(s))\nReceived 1 response(s)\n`,
      { answered: true, rtt: 0.539 },
    ],
    ['iputils, silence', `${head}Sent 1 probes (1 broadcast(s))\nReceived 0 response(s)\n`, lost],
    [
      'BusyBox',
      `${head}Unicast reply from 10.9.0.2 [42:c6:f5:ee:a9:74] 0.016ms\nSent 1 probe(s) (0 broadcast(s))\nReceived 1 response(s) (0 request(s), 0 broadcast(s))\n`,
      { answered: true, rtt: 0.016 },
    ],
    [
      'BusyBox, silence',
      `${head}Sent 1 probe(s) (0 broadcast(s))\nReceived 0 response(s) (0 request(s), 0 broadcast(s))\n`,
      lost,
    ],
    ['no device, iputils', 'arping: Device eth9 not available.\n', undefined],
    ['no device, BusyBox', 'arping: interface eth9 not found: No such device\n', undefined],
    ['no time', 'Received 1 response(s)\n', { answered: true }],
    ['another arping', '60 bytes from 42:c6:f5:ee:a9:74 (10.9.0.2): index=0 time=1.000 msec\n', undefined],
    ['nothing', '', undefined],
  ];
  for (const [what, stdout, expected] of CASES)
    t.strictSame(read(ask('arping://10.9.0.2'), { stdout }), expected, what);
});

tap.test('whatever a program prints, it is an answer, none, or not understood', async () => {
  const words = fc.constantFrom(
    ...[
      'HTTP/1.1 ',
      '200',
      '103',
      ' ',
      '\r\n',
      '\n',
      'curl: (7) ',
      'curl: (60) ',
      '0.012345',
      '> x length=',
      '< x length=12',
    ],
    ...[' 81', ' 80', ' 00', ' 01', 'Received 1 response', '0.5ms', 'Unicast reply from '],
    ...[OPENING, STARTED('17:59:00.614484'), STARTED('99:99:99.9'), 'E x refused', '\0', 'ä', '\ud800'],
  );
  const text = fc.array(words, { maxLength: 20 }).map((parts) => parts.join(''));
  const targets = ['http://1.1.1.1/', 'https://1.1.1.1', 'tcp://1.1.1.1', 'dns://1.1.1.1/a', 'arping://1.1.1.1'];
  fc.assert(
    fc.property(fc.constantFrom(...targets), text, text, (target, stdout, stderr) => {
      const answer = read(ask(target, { text: 'x' }), { stdout, stderr });
      if (answer === undefined) return true;
      const { answered, rtt, instead } = answer;
      const time = rtt === undefined || (answered && rtt >= 0 && rtt < 10_000_000);
      return time && (instead === undefined || (!answered && /^[ -~]{1,60}$/.test(instead)));
    }),
    { numRuns: 3000 },
  );
});
