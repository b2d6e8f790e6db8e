import type { Verb } from '../../model.js';
import type { Thing } from './thing.js';

/** The change as one line of a plan: `+` added, `~` replaced, `-` removed. */
export function toSentence(verb: Verb, thing: Thing): string {
  if (thing.kind === 'severed') return `- mptcp subflows that began at ${thing.address}`;
  const sign = { add: '+', append: '+', replace: '~', del: '-' }[verb];
  if (thing.kind === 'limit')
    return `${sign} mptcp limit of subflows ${verb === 'del' ? thing.former : thing.subflows}`;
  const { address, device, backup } = thing;
  return [sign, 'mptcp endpoint', address, 'dev', device ?? '?', ...(backup ? ['backup'] : [])].join(' ');
}

/** The `ip` that makes the change, and its arguments, one word each. */
export function toCommand(verb: Verb, thing: Thing): string[] {
  const mptcp = ['ip', 'mptcp'];
  if (thing.kind === 'severed') return [...mptcp, 'endpoint', 'delete', 'id', '0', thing.address];
  if (thing.kind === 'limit') {
    const { subflows, former = subflows } = thing;
    return [...mptcp, 'limits', 'set', 'subflows', `${verb === 'del' ? former : subflows}`];
  }
  const { id, address, device = '', backup } = thing;
  if (verb === 'del') return [...mptcp, 'endpoint', 'delete', 'id', `${id}`];
  if (verb === 'replace') return [...mptcp, 'endpoint', 'change', 'id', `${id}`, backup ? 'backup' : 'nobackup'];
  const words = [address, 'dev', device, 'id', `${id}`, 'subflow', ...(backup ? ['backup'] : [])];
  return [...mptcp, 'endpoint', 'add', ...words];
}
