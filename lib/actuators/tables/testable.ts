import type { Observation } from '../../model.js';
import { DEFAULT, usesDevice } from '../routes/route.js';
import { PROTOCOL } from './thing.js';

/** Why a ping that is bound to the device of a line that stands by would say nothing about it; undefined if it would. */
export function whyNoTest(device: string, { tables = [], rules = [] }: Observation): string | undefined {
  const ours = rules.filter(({ protocol }) => protocol === PROTOCOL);
  const table = ours.find(({ oif }) => oif === device)?.table;
  const own = tables.filter((route) => route.table === table && route.destination === DEFAULT);
  if (!own.some((route) => usesDevice(route, device))) return `no table of its own leads through ${device} yet`;
  // A strict rp_filter takes no answer that would not go back by the same device.
  const isAnswered = ours.some((rule) => rule.table === table && rule.from !== undefined);
  return isAnswered ? undefined : `no rule leads the answers by ${device} yet`;
}
