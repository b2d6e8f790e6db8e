import { readdir, readFile } from 'node:fs/promises';
import tap from 'tap';
import { parsePing, parseSeries } from '../../lib/probe/ping.js';
import type { Answer } from '../../lib/probe/question.js';

const SAMPLES = 'test/samples';
const lost: Answer = { answered: false };

/** What each captured output says; undefined: ping could not do its work. */
const CAPTURED: Record<string, Answer | undefined> = {
  'ping-busybox-baddevice.txt': undefined,
  'ping-busybox-badhost.txt': undefined,
  'ping-busybox-badsource.txt': undefined,
  'ping-busybox-hostunreach.txt': lost,
  'ping-busybox-interval.txt': undefined,
  'ping-busybox-loss-partial.txt': { answered: true, rtt: 0.074 },
  'ping-busybox-loss100.txt': lost,
  'ping-busybox-netunreach.txt': lost,
  'ping-busybox-nocarrier.txt': lost,
  'ping-busybox-success-q.txt': { answered: true },
  'ping-busybox-success.txt': { answered: true, rtt: 0.141 },
  'ping-iputils-baddevice.txt': undefined,
  'ping-iputils-badhost.txt': undefined,
  'ping-iputils-badsource.txt': undefined,
  'ping-iputils-hostunreach.txt': lost,
  'ping-iputils-loss-partial.txt': { answered: true, rtt: 0.121 },
  'ping-iputils-loss100.txt': lost,
  'ping-iputils-netunreach.txt': lost,
  'ping-iputils-nocarrier.txt': lost,
  'ping-iputils-success-i.txt': { answered: true },
  'ping-iputils-success.txt': { answered: true, rtt: 0.067 },
};

tap.test('every captured output', async (t) => {
  const files = (await readdir(SAMPLES)).filter((file) => file.startsWith('ping-'));
  t.strictSame(files.sort(), Object.keys(CAPTURED).sort());
  for (const file of files) {
    // The first line is the command, the last one its exit code.
    const lines = (await readFile(`${SAMPLES}/${file}`, 'utf8')).trimEnd().split('\n').slice(1, -1);
    t.strictSame(parsePing(lines.join('\n')), CAPTURED[file], file);
  }
});

tap.test('one packet, in other words', async (t) => {
  const reply = (time: string) => `64 bytes from 1.1.1.1: icmp_seq=1 ttl=63 ${time}\n`;
  const one = '\n--- 1.1.1.1 ping statistics ---\n1 packets transmitted, 1 received, 0% packet loss, time 0ms\n';
  const none = one.replace('1 received, 0%', '0 received, 100%');
  const CASES: [string, string, Answer | undefined][] = [
    ['whole milliseconds', reply('time=12 ms') + one, { answered: true, rtt: 12 }],
    ['long', reply('time=1234.5 ms') + one, { answered: true, rtt: 1234.5 }],
    ['without a blank', reply('time=12.3ms') + one, { answered: true, rtt: 12.3 }],
    ['too short to measure', reply('time<1 ms') + one, { answered: true, rtt: 1 }],
    ['no time at all', reply('') + one, { answered: true }],
    ['a time that is none', reply('time=-1 ms') + one, { answered: true }],
    ['CRLF', (reply('time=12 ms') + one).replaceAll('\n', '\r\n'), { answered: true, rtt: 12 }],
    [
      'a duplicate',
      reply('time=12 ms') + one.replace('received', 'received, +1 duplicates'),
      { answered: true, rtt: 12 },
    ],
    ['a duplicate, in BusyBox', one.replace('1 received', '1 packets received, 1 duplicates'), { answered: true }],
    ['an error from on the way', `From 10.0.1.1 icmp_seq=1 Time to live exceeded\n${none}`, lost],
    ['an error, counted', none.replace('received', 'received, +1 errors'), lost],
    // The round-trip time of a late answer is no answer to this packet.
    ['a time without a packet', reply('time=12 ms') + none, lost],
    ['killed before the end', `PING 1.1.1.1\n${reply('time=12 ms')}`, undefined],
    ['nothing', '', undefined],
    ['another program', 'packets transmitted, received', undefined],
    ['the words within a line', 'x 1 packets transmitted, 1 received', undefined],
    ['a number beyond all', '1 packets transmitted, 1234567890 received', undefined],
  ];
  for (const [what, output, result] of CASES) t.strictSame(parsePing(output), result, what);
});

tap.test('packet by packet', async (t) => {
  const read = async (file: string) => parseSeries(await readFile(`${SAMPLES}/${file}`, 'utf8'));
  for (const [file, result] of Object.entries(CAPTURED)) {
    const series = await read(file);
    t.equal(series === undefined, result === undefined, file);
    if (!series || !result) continue;
    t.equal(series.rtts.length > 0, result.rtt !== undefined, `${file}: answers`);
    if (result.rtt !== undefined) t.equal(series.rtts[0], result.rtt, `${file}: the first`);
    t.ok(series.sent >= Math.max(1, series.rtts.length), `${file}: sent`);
  }
  const lines = (...numbers: string[]) => numbers.map((number) => `64 bytes from 1.1.1.1: seq=${number}`).join('\n');
  const count = (sent: number) => `\n${sent} packets transmitted, 9 packets received, 0% packet loss\n`;
  const CASES: [output: string, series: object | undefined][] = [
    ['', undefined],
    [lines('0 ttl=64 time=1.5 ms'), undefined],
    [lines('1 ttl=64 time=2 ms', '0 ttl=64 time=1.5 ms') + count(2), { sent: 2, rtts: [1.5, 2] }],
    [
      lines('0 ttl=64 time=1 ms', '0 ttl=64 time=9 ms (DUP!)', '2 ttl=64 time<1 ms') + count(3),
      { sent: 3, rtts: [1, 1] },
    ],
    [lines('0 ttl=64 time=1 ms', '1 ttl=64 time=1 ms', '2 ttl=64 time=1 ms') + count(1), { sent: 1, rtts: [1] }],
    [lines('0 ttl=64 time=99999999999999 ms') + count(1), { sent: 1, rtts: [] }],
  ];
  for (const [output, series] of CASES) t.strictSame(parseSeries(output), series, output);
});
