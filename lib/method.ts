import { TARGET } from './target.js';

/** How a target can be asked, by the words of the configuration. */
export const METHODS = ['ping', 'http', 'https', 'tcp', 'dns', 'arping'] as const;
export type Method = (typeof METHODS)[number];

/** The parts of a target; undefined if it is none. What they mean together is not looked at. */
export function splitTarget(text: string) {
  const [whole, method, host = '', port, path] = TARGET.exec(text) ?? [];
  return whole === undefined ? undefined : { method, host, port: port === undefined ? undefined : Number(port), path };
}
