import type { Verb } from '../../model.js';
import type { Thing } from './thing.js';

/** `~ edge: route 'WAN1' disabled` */
export function toSentence(_: Verb, thing: Thing): string {
  return `~ ${thing.machine}: ${thingWords(thing)}`;
}

/** What it is to be, in words. */
export function thingWords(thing: Thing): string {
  if (thing.kind === 'rates') {
    const { up, down } = thing.queues;
    return `${down.name} ${bitWords(down.rate)}, ${up.name} ${bitWords(up.rate)}`;
  }
  const what = thing.kind === 'route' ? 'route' : 'mangle rule';
  return `${what} '${thing.name}' ${thing.on ? 'enabled' : 'disabled'}`;
}

/** `17.5 Mbit/s` */
export function bitWords(rate: number): string {
  if (rate === 0) return 'no limit';
  return rate < 1e6 ? `${Math.round(rate / 1e3)} kbit/s` : `${(rate / 1e6).toFixed(rate < 1e8 ? 1 : 0)} Mbit/s`;
}

/** As one would type it there. */
export function toCommand(_: Verb, thing: Thing): string[] {
  if (thing.kind !== 'rates') {
    const menu = thing.kind === 'route' ? '/ip route' : '/ip firewall mangle';
    return [`${menu} ${thing.on ? 'enable' : 'disable'} [find where comment="${thing.name}"]`];
  }
  const { up, down } = thing.queues;
  return [down, up].map(({ name, rate }) => `/queue tree set [find where name="${name}"] max-limit=${rate};`);
}
