import type { Config, Direction, Shaper } from '../model.js';
import { toJson } from '../report/json.js';
import { decisionJson, decisionLine } from '../report/shape.js';
import { safe } from '../report/words.js';
import type { Decision } from '../shape/signals.js';
import type { ShapeState } from '../state/shape.js';
import type { Context } from './context.js';
import { tellSyslog } from './syslog.js';

/** ms between two lines of a direction that say the same. */
const PAUSE = 1000;

/** What tells people what is decided, and what goes wrong. */
export interface Speaker {
  decided(shaper: Shaper, direction: Direction, decision: Decision): void;
  failed(shaper: Shaper, why: string): void;
  complain(text: string): void;
  /** Resolves when syslog has heard all. */
  told(): Promise<unknown>;
}

/**
 * @param known what is remembered: a trouble that it knows is no news for syslog
 * @param isDetached nobody watches, so that syslog is told
 */
export function createSpeaker(
  context: Context,
  { logLevel }: Config,
  { known, clock, isDetached }: { known: ShapeState; clock: () => number; isDetached: boolean },
): Speaker {
  const { verbose, json } = context.options;
  const begun = clock();
  const said = new Map<string, { at: number; decision: Decision }>();
  const telling: Promise<unknown>[] = [];
  const old = new Set(known.lines.flatMap(({ name, problems }) => problems.map((text) => `${name}: ${text}`)));
  const complain = (text: string) => {
    context.complain([text]);
    if (!isDetached || old.has(text)) return;
    old.add(text);
    telling.push(tellSyslog(context, [{ priority: 'err', text: safe(text, 400) }], logLevel));
  };
  return {
    complain,
    failed: ({ name }, why) => complain(`${name}: ${why}`),
    decided: (shaper, direction, decision) => {
      if (!verbose && !json) return;
      const key = `${shaper.name} ${direction}`;
      const last = said.get(key);
      const isNew = decision.rate !== last?.decision.rate || decision.colour !== last.decision.colour;
      if (last && !isNew && clock() < last.at + PAUSE) return;
      said.set(key, { at: clock(), decision });
      const seconds = (clock() - begun) / 1000;
      if (json) context.say(toJson(decisionJson(shaper, direction, decision, seconds)));
      else context.note(decisionLine(shaper, direction, decision, seconds));
    },
    told: () => Promise.all(telling),
  };
}
