import type { Question } from '../question.js';

/** Characters that it may print: ten times what it does. */
const MAX_OUTPUT = 5000;

/** Whether a neighbour has the address. @param timeout s */
export function arpingQuestion(host: string, device: string, timeout: number): Question {
  return {
    program: 'arping',
    args: ['-I', device, '-c', '1', '-w', String(timeout), host],
    maxOutput: MAX_OUTPUT,
    output: 'mixed',
    read: ({ stdout }) => {
      // The words of iputils and of BusyBox; there is a third arping, which has others.
      const received = /^Received (\d{1,9}) response/m.exec(stdout)?.[1];
      if (received === undefined) return undefined;
      if (Number(received) === 0) return { answered: false };
      const time = /^(?:Unicast|Broadcast) reply from .* (\d{1,9}(?:\.\d{1,9})?)ms$/m.exec(stdout)?.[1];
      return { answered: true, ...(time === undefined ? {} : { rtt: Number(time) }) };
    },
  };
}
