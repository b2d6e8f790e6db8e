import { splitTarget } from '../../method.js';
import type { Wan } from '../../model.js';
import type { Question } from '../question.js';
import { arpingQuestion } from './arping.js';
import { dnsQuestion } from './dns.js';
import { httpQuestion } from './http.js';
import { tcpQuestion } from './tcp.js';

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
