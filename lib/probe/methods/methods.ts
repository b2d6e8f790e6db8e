import { isIPv4 } from '../../address.js';
import { splitTarget } from '../../method.js';
import type { Wan } from '../../model.js';
import { SPACING } from '../ping.js';
import type { Question } from '../question.js';
import { arpingQuestion } from './arping.js';
import { dnsQuestion } from './dns.js';
import { httpQuestion } from './http.js';
import { tcpQuestion } from './tcp.js';

/** ms that each of these targets gets until it is asked again: other programs than ping take long to start, and ask more. */
export function pauseOf({ timeout }: Wan, targets: string[]): number {
  return targets.every(isIPv4) ? SPACING : Math.max(SPACING, timeout * 500);
}

/** The question to a target through a device; undefined if it is to be pinged. */
export function questionTo(wan: Wan, device: string, target: string): Question | undefined {
  const { timeout, http = {} } = wan;
  const { method, host = '', port, path } = splitTarget(target) ?? {};
  switch (method) {
    case 'http':
    case 'https':
      return httpQuestion({ method, host, port, path }, http, device, timeout);
    case 'tcp':
      return tcpQuestion(host, port, device, timeout);
    case 'dns':
      return dnsQuestion(host, port, path, device, timeout, Math.random());
    case 'arping':
      return arpingQuestion(host, device, timeout);
    default:
      return undefined;
  }
}
