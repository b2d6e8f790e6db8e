import type { Answer, Question } from '../question.js';
import { isSilence, MAX_OUTPUT, NOTICES, span } from './socat.js';

/** Where nothing else is said: most hosts that people name have a web server. */
const PORT = 443;

/** One connection, by which nothing is sent. @param timeout s */
export function tcpQuestion(host: string, port = PORT, device: string, timeout: number): Question {
  const address = `TCP4:${host}:${port},so-bindtodevice=${device},connect-timeout=${timeout}`;
  return {
    program: 'socat',
    args: [...NOTICES, '-u', 'OPEN:/dev/null', address],
    maxOutput: MAX_OUTPUT,
    output: 'mixed',
    read: ({ stdout }) => readConnection(stdout),
  };
}

function readConnection(text: string): Answer | undefined {
  const CONNECTED = 'starting data transfer';
  if (!text.includes(` N ${CONNECTED}`)) return isSilence(text) ? { answered: false } : undefined;
  const rtt = span(text, 'opening connection', CONNECTED);
  return { answered: true, ...(rtt === undefined ? {} : { rtt }) };
}
