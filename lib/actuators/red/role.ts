import { sameBlock } from '../../config/ipfire/block.js';
import { asList, asNumber, asRecord, asText, type Json, parseJson } from '../../json.js';
import type { Red, Role, Start, Values } from '../../uplink.js';

/** The line that is IPFire's own, as the operator has configured it. */
export const PRIMARY = 'primary';

/** The role as JSON, to be read again by parseRole. */
export function formatRole(role: Role): string {
  return `${JSON.stringify(role, null, 2)}\n`;
}

/** @returns undefined if it is none: then nothing is known but what IPFire's own settings say */
export function parseRole(text: string): Role | undefined {
  const { holder, primary, ours, dialled, start, hungUp } = asRecord(parseJson(text)) ?? {};
  const [name, profile] = [asText(holder), asText(dialled)];
  const { block, dial } = asRecord(primary) ?? {};
  const [own, written] = [asValues(block), asList(ours)?.map(asValues)];
  const number = asNumber(dial);
  if (name === undefined || !own || !written || written.includes(undefined)) return undefined;
  const begun = asStart(start);
  return {
    holder: name,
    primary: { block: own, ...(number === undefined ? {} : { dial: number }) },
    ours: written as Values[],
    ...(profile === undefined ? {} : { dialled: profile }),
    ...(begun ? { start: begun } : {}),
    ...(hungUp === true ? { hungUp } : {}),
  };
}

function asValues(json: Json): Values | undefined {
  const record = asRecord(json);
  return record && Object.values(record).every((value) => typeof value === 'string') ? (record as Values) : undefined;
}

function asStart(json: Json): Start | undefined {
  const { bootId, deadline, begun } = asRecord(json) ?? {};
  const [boot, end] = [asText(bootId), asNumber(deadline)];
  if (boot === undefined || end === undefined) return undefined;
  return { bootId: boot, deadline: end, ...(begun === true ? { begun } : {}) };
}

/** The line that is to hold RED. */
export function holderOf({ role }: Pick<Red, 'role'>): string {
  return role?.holder ?? PRIMARY;
}

/** RED has been started, and it is not known yet whether it comes up: who is to bring it up is still at work. */
export function isStarting({ role, now, active, working }: Pick<Red, 'role' | 'now' | 'active' | 'working'>): boolean {
  const { begun, bootId, deadline = 0 } = role?.start ?? {};
  return begun === true && !active && working === true && bootId === now.bootId && now.uptime < deadline;
}

/** Has the operator changed the settings of RED since we wrote them? Then those are the primary's from now on. */
export function isOperators({ role, block }: Red): boolean {
  return role !== undefined && !isKnown(role, block);
}

/** Number of the dial profile that the operator has chosen since we dialled a line of ours: what we write is never a link. */
export function chosenDial({ role, dial }: Red): number | undefined {
  return role?.dialled === undefined || isInterrupted({ role }) ? undefined : dial;
}

/** Somebody was killed between two steps: what is done of them is not known. */
export function isInterrupted({ role }: Pick<Red, 'role'>): boolean {
  return role?.start !== undefined && !role.start.begun;
}

/** Is the block the primary's, or one that we have written? */
export function isKnown({ ours, primary }: Role, block: Values): boolean {
  return [...ours, primary.block].some((known) => sameBlock(known, block));
}
