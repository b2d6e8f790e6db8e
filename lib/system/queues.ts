import { DIRECTIONS, MOST_RATE } from '../config/rates.js';
import { asList, asNumber, asRecord, asText, parseJson } from '../json.js';
import type { Direction, Queues } from '../model.js';
import { keepBeside, QUEUES, recall } from './beside.js';
import type { Tools } from './exec.js';
import { exists } from './tree.js';

type Former = Queues['former'];

/** The end of the name of what control leaves: see lib/state/shape.ts. */
export const SHAPE = '.shape';
/** Each device of the kernel has an entry there. */
export const DEVICES = '/sys/class/net';

/** What is kept of queues beside the state, by device; nothing where nobody can say. */
export function formerQueues(tools: Tools): Former {
  const entries = Object.entries(asRecord(parseJson(recall(tools, QUEUES) ?? '')) ?? {});
  return Object.fromEntries(
    entries.flatMap(([device, value]) => {
      const { handle, rate } = asRecord(value) ?? {};
      const [text, number] = [asText(handle), asNumber(rate)];
      if (text === undefined || !/^[0-9a-f]{1,4}:$/.test(text) || number === 0) return [];
      return [[device, { handle: text, ...(number === undefined ? {} : { rate: number }) }]];
    }),
  );
}

/** kbit/s that control has set last, by shaper: out of what it leaves for whoever goes on. */
export function lastRates(tools: Tools): Queues['last'] {
  const { lines } = asRecord(parseJson(recall(tools, SHAPE) ?? '')) ?? {};
  return Object.fromEntries(
    (asList(lines) ?? []).map((line) => {
      const { name, decisions } = asRecord(line) ?? {};
      const rates = DIRECTIONS.flatMap((direction): [Direction, number][] => {
        const rate = asNumber(asRecord(asRecord(decisions)?.[direction])?.rate) ?? 0;
        return rate >= 1 && rate <= MOST_RATE ? [[direction, rate]] : [];
      });
      return [asText(name) ?? '', Object.fromEntries(rates)];
    }),
  );
}

/** Keeps what a queue was, unless that is kept already. @returns whether it can be put back */
export function rememberQueue(tools: Tools, device: string, was: Former[string]): boolean {
  const former = formerQueues(tools);
  if (Object.hasOwn(former, device) && former[device]?.handle === was.handle) return true;
  return write(tools, { ...former, [device]: was });
}

/** Nothing is to be put back any more. An entry that stays names a handle that is gone. */
export function forgetQueue(tools: Tools, device: string): void {
  const { [device]: known, ...rest } = formerQueues(tools);
  if (known) write(tools, rest);
}

function write(tools: Tools, former: Former): boolean {
  const { engine } = tools;
  // A device that is gone has taken its queues along; another one of its name is another one.
  const isGone = (name: string) => exists(engine, DEVICES) && !exists(engine, `${DEVICES}/${name.replace(/\/.*/, '')}`);
  return keepBeside(tools, QUEUES, Object.fromEntries(Object.entries(former).filter(([name]) => !isGone(name))));
}
