import type { Answer, Question } from '../question.js';
import { isSilence, MAX_OUTPUT, NOTICES, span } from './socat.js';

/** Bytes of the header of a message (RFC 1035, 4.1.1): all that is looked at. */
const HEADER = 12;
const [TYPE_A, TYPE_NS] = [1, 2];
const CODES: Record<number, string> = { 1: 'FORMERR', 2: 'SERVFAIL', 3: 'NXDOMAIN', 4: 'NOTIMP', 5: 'REFUSED' };

/**
 * One question to a name server: for the address of a name, or for the name servers of the root, which every one knows.
 *
 * @param name empty or absent: the root
 * @param timeout s
 * @param random from 0 to 1, of which the number of the question is made
 */
export function dnsQuestion(
  host: string,
  port = 53,
  name = '',
  device: string,
  timeout: number,
  random: number,
): Question {
  // Text, as a program's input is: no byte of it is above 127.
  const id = [Math.floor(random * 128), Math.floor(random * 16_384) % 128];
  const labels = name.split('.').filter(Boolean);
  const type = labels.length === 0 ? TYPE_NS : TYPE_A;
  const input = [
    String.fromCharCode(...id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0),
    ...labels.map((label) => String.fromCharCode(label.length) + label),
    String.fromCharCode(0, 0, type, 0, 1),
  ].join('');
  // It ends when it has read a header, or so many seconds after it has sent the question. -x: it shows both.
  const address = `UDP4:${host}:${port},so-bindtodevice=${device},readbytes=${HEADER}`;
  return {
    program: 'socat',
    args: [...NOTICES, '-x', '-t', String(timeout), '-', address],
    input,
    maxOutput: MAX_OUTPUT,
    read: ({ stderr }) => readMessage(stderr, id, type),
  };
}

function readMessage(text: string, id: number[], type: number): Answer | undefined {
  const isAsked = /^> .*length=/m.test(text);
  const [, hex = ''] = /^< .*length=.*\n((?: [\da-f]{2})+)/m.exec(text) ?? [];
  const bytes = hex
    .split(' ')
    .filter(Boolean)
    .map((byte) => Number.parseInt(byte, 16));
  if (!isAsked) return isSilence(text) ? { answered: false } : undefined;
  const [high, low, flags = 0, code = 0, , , first = 0, second = 0] = bytes;
  // An answer, and one to this question.
  if (bytes.length < HEADER || high !== id[0] || low !== id[1] || flags < 128) return { answered: false };
  if (code % 16 !== 0) return { answered: false, instead: CODES[code % 16] ?? `error ${code % 16}` };
  if (first + second === 0) return { answered: false, instead: `no ${type === TYPE_A ? 'address' : 'name server'}` };
  const rtt = span(text, 'starting data transfer', 'socket 2 .* is at EOF');
  return { answered: true, ...(rtt === undefined ? {} : { rtt }) };
}
