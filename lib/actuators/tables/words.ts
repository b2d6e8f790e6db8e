import type { TableRoute, Verb } from '../../model.js';
import { routeWords } from '../routes/words.js';
import { routeWords6 } from '../six/kind.js';
import { LEASE_SCRIPT } from './lease-script.js';
import { ADDRESS_MARK, LINK_MARK, PROTOCOL, type Thing } from './thing.js';

/** The change as one line of a plan: `+` added, `~` replaced, `-` removed. */
export function toSentence(verb: Verb, thing: Thing): string {
  const sign = { add: '+', append: '+', replace: '~', del: '-' }[verb];
  return `${sign} ${nameOf(thing)}`;
}

function nameOf(thing: Thing): string {
  switch (thing.kind) {
    case 'link':
      return `link ${thing.device} up`;
    case 'client':
      return `DHCP client on ${thing.device}`;
    case 'address':
      return `address ${thing.address} dev ${thing.device}`;
    case 'route':
      return wordsFor(thing.route)(thing.route, ['table', thing.route.table]).join(' ');
    case 'rule':
      return ['rule', ...(thing.family ? ['for IPv6'] : []), ...ruleWords(thing)].join(' ');
  }
}

/** The program that makes the change, and its arguments, one word each. */
export function toCommand(verb: Verb, thing: Thing): string[] {
  switch (thing.kind) {
    case 'link':
      return ['ip', 'link', 'set', 'dev', thing.device, ...linkWords(verb)];
    case 'client':
      return ['dhcpcd', '-4', ...(verb === 'del' ? ['-x'] : clientWords(thing)), thing.device];
    case 'address':
      return ['ip', 'addr', verb === 'del' ? 'del' : 'add', ...addressWords(verb, thing)];
    case 'route':
      return [
        ...[...ipFor(thing.route), 'route', verb],
        ...wordsFor(thing.route)(thing.route, ['table', thing.route.table, 'proto', PROTOCOL]),
      ];
    case 'rule':
      return [...ipFor(thing), 'rule', verb === 'del' ? 'del' : 'add', ...ruleWords(thing), 'protocol', PROTOCOL];
  }
}

function ipFor({ family }: { family?: 6 }): string[] {
  return family ? ['ip', '-6'] : ['ip'];
}

function wordsFor({ family }: TableRoute): typeof routeWords {
  return family ? routeWords6 : routeWords;
}

function linkWords(verb: Verb): string[] {
  return verb === 'del' ? ['down', 'group', '0'] : ['up', 'group', `${LINK_MARK}`];
}

/**
 * With -4 it is another client than the system's own of that device, with a pid file of its own. It goes into the background at once,
 * and neither configures anything nor makes up an address. Its configuration file is the system's: so the server takes both for one.
 */
function clientWords({ host }: { host?: string }): string[] {
  const name = host === undefined ? [] : ['-h', host];
  return ['-b', '-q', '-L', '--noconfigure', '-c', LEASE_SCRIPT, ...name];
}

/**
 * Alone in its subnet: so it brings no route into table main, and takes no other address with it when it goes, as the first one of
 * a subnet does.
 */
function addressWords(verb: Verb, { address, device }: { address: string; device: string }): string[] {
  const mark = verb === 'del' ? [] : ['noprefixroute', 'metric', `${ADDRESS_MARK}`];
  return [`${address}/32`, 'dev', device, ...mark];
}

/** A rule as `ip rule` words it. */
export function ruleWords({ priority, table, from, oif, mark, mask, suppress }: Thing & { kind: 'rule' }): string[] {
  const which = [
    ...(from === undefined ? [] : ['from', from]),
    ...(oif === undefined ? [] : ['oif', oif]),
    ...(mark === undefined ? [] : ['fwmark', `0x${mark.toString(16)}/0x${(mask ?? 0).toString(16)}`]),
  ];
  const only = suppress === undefined ? [] : ['suppress_prefixlength', `${suppress}`];
  return ['priority', `${priority}`, ...which, 'lookup', table, ...only];
}
