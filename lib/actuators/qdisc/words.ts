import type { Verb } from '../../model.js';
import { GROUP } from './group.js';
import { HANDLE, type Thing } from './thing.js';

/** The change as one line of a plan: `+` added, `~` replaced, `-` removed. */
export function toSentence(verb: Verb, thing: Thing): string {
  const sign = { add: '+', append: '+', replace: '~', del: '-' }[verb];
  const { device } = thing;
  switch (thing.kind) {
    case 'ifb':
      return `${sign} device ${device} for what comes`;
    case 'cake':
      return verb === 'del' ? `- cake dev ${device}` : `${sign} cake dev ${device} ${rateOf(thing)}`;
    case 'rate':
      return verb === 'del'
        ? `- rate of the cake dev ${device}: again ${rateOf({ rate: thing.former })}`
        : `${sign} rate of the cake dev ${device}: ${rateOf(thing)}`;
    case 'ingress':
      return `${sign} filters for what comes by ${device}`;
    case 'redirect':
      return `${sign} what comes by ${device} to ${thing.to}`;
  }
}

/** The program that makes the change, and its arguments, one word each. Whatever the handle names is changed, or nothing. */
export function toCommand(verb: Verb, thing: Thing): string[] {
  const { device } = thing;
  const qdisc = ['tc', 'qdisc', verb === 'replace' ? 'change' : verb, 'dev', device];
  switch (thing.kind) {
    case 'ifb':
      return verb === 'del'
        ? ['ip', 'link', 'del', 'dev', device]
        : ['ip', 'link', 'add', 'name', device, 'group', `${GROUP}`, 'up', 'type', 'ifb'];
    case 'cake': {
      const own = [...qdisc, 'root', 'handle', HANDLE];
      if (verb === 'del') return own;
      // Once it is set, only another number takes it back; each packet is longer than 1 byte.
      const mpu = verb === 'replace' && !thing.words.includes('mpu') ? ['mpu', '1'] : [];
      // What is not said stays: control may have moved it since we looked.
      const rate = verb === 'replace' && thing.keeps ? [] : rateWords(thing);
      return [...own, 'cake', ...rate, ...thing.words, ...mpu];
    }
    case 'rate': {
      const { kind, handle } = thing.qdisc;
      const rate = verb === 'del' ? { rate: thing.former } : thing;
      return ['tc', 'qdisc', 'change', 'dev', device, 'root', 'handle', handle, kind, ...rateWords(rate)];
    }
    case 'ingress':
      return [...qdisc, 'ingress'];
    case 'redirect': {
      const filter = ['tc', 'filter', verb, 'dev', device, 'ingress', 'pref', `${thing.preference}`];
      if (verb === 'del') return filter;
      return [...filter, 'protocol', 'all', 'matchall', 'action', 'mirred', 'egress', 'redirect', 'dev', thing.to];
    }
  }
}

interface Limit {
  rate?: number | 'unlimited';
}

function rateWords({ rate = 'unlimited' }: Limit): string[] {
  if (rate === 'unlimited') return [rate];
  return ['bandwidth', Number.isInteger(rate) ? `${rate}kbit` : `${Math.round(rate * 1000)}bit`];
}

function rateOf({ rate = 'unlimited' }: Limit): string {
  return rate === 'unlimited' ? 'without a limit' : `${rate} kbit/s`;
}
