import { asList, asNumber, asRecord, asText, asWord, type Json } from '../json.js';
import type { Arrivals, Qdisc } from '../model.js';

/** What says how arrivals are treated. */
const INGRESS = ['ingress', 'clsact'];

/**
 * Parses what `tc -j qdisc show` prints: the root of each device, and who treats what comes by it.
 *
 * @returns undefined if it is not such a list
 */
export function parseQdiscs(json: Json): { roots: Qdisc[]; arrivals: Omit<Arrivals, 'filters'>[] } | undefined {
  const list = asList(json)?.map(asRecord);
  if (!list?.every((entry) => asText(entry?.kind) !== undefined && asText(entry?.handle) !== undefined))
    return undefined;
  const roots = new Map<string, Qdisc>();
  const arrivals = new Map<string, Omit<Arrivals, 'filters'>>();
  for (const entry of list as Record<string, Json>[]) {
    const [device, kind] = [asWord(entry.dev), asWord(entry.kind) as string];
    if (device === undefined) continue;
    if (INGRESS.includes(kind)) arrivals.set(device, { device, kind });
    else if (entry.root === true) roots.set(device, { device, kind, ...readHandle(entry), ...readCake(kind, entry) });
  }
  return { roots: [...roots.values()], arrivals: [...arrivals.values()] };
}

/** Parses what `tc -j filter show dev DEVICE ingress` prints; undefined if it is no such list. */
export function parseFilters(json: Json): Arrivals['filters'] | undefined {
  const list = asList(json)?.map(asRecord);
  if (!list?.every((entry) => entry && asNumber(entry.pref) !== undefined)) return undefined;
  const filters = new Map<number, string | undefined>();
  for (const entry of list as Record<string, Json>[]) {
    const preference = asNumber(entry.pref) as number;
    // Each kind of filter has its head first, which says nothing of it.
    const actions = asList(asRecord(entry.options)?.actions)?.map(asRecord) ?? [];
    const to = actions.map((action) => asWord(action?.to_dev)).find((device) => device !== undefined);
    filters.set(preference, to ?? filters.get(preference));
  }
  return [...filters].map(([preference, to]) => ({ preference, ...(to === undefined ? {} : { to }) }));
}

function readHandle({ handle }: Record<string, Json>): Pick<Qdisc, 'handle'> {
  const text = asText(handle) ?? '';
  // What is no handle goes into no command.
  return { handle: /^[0-9a-f]{1,4}:$/.test(text) ? text : '?:' };
}

function readCake(kind: string, entry: Record<string, Json>): Pick<Qdisc, 'rate' | 'words'> {
  if (!isCake({ kind })) return {};
  const options = asRecord(entry.options) ?? {};
  // In bytes per second; `unlimited` where there is no limit, which 0 means, too.
  const bytes = asNumber(options.bandwidth) ?? 0;
  return { ...(bytes > 0 ? { rate: Math.round(bytes / 12.5) / 10 } : {}), words: wordsOf(options) };
}

function wordsOf(options: Record<string, Json>): string[] {
  const acks = asText(options['ack-filter']);
  const layer = asWord(options.atm) ?? 'noatm';
  const mpu = asNumber(options.mpu) ?? 0;
  return [
    asWord(options.diffserv) ?? '?',
    options.nat === true ? 'nat' : 'nonat',
    options.wash === true ? 'wash' : 'nowash',
    acks === 'enabled' ? 'ack-filter' : acks === 'aggressive' ? 'ack-filter-aggressive' : 'no-ack-filter',
    options.ingress === true ? 'ingress' : 'egress',
    // Without `raw`, it is added to the packet as IP has it.
    ...(options.raw === true && layer === 'noatm'
      ? ['raw']
      : ['overhead', `${asNumber(options.overhead) ?? '?'}`, layer]),
    ...(mpu > 1 ? ['mpu', `${mpu}`] : []),
  ];
}

/** `cake_mq` has a CAKE for each queue of the device, and one rate for all of them. */
export function isCake({ kind }: Pick<Qdisc, 'kind'>): boolean {
  return kind === 'cake' || kind === 'cake_mq';
}
