import { ASKERS } from '../doctor/methods.js';
import { EXIT, Trouble } from '../explain.js';
import { asList, asNumber, asRecord, asText, type Json } from '../json.js';
import type { Now, Probe, Sample, TargetResult, Wan } from '../model.js';
import type { Source } from '../platform/platform.js';
import type { Finished } from '../system/exec.js';
import type { Attempt, Unsaved } from '../world.js';

/** Answers of a recording, each undefined if it is not what it should be. */

/** We wrote the recording: a number as text is somebody else's. */
const asOwnNumber = (value: Json) => (typeof value === 'number' ? asNumber(value) : undefined);

const OUTCOMES: TargetResult['outcome'][] = ['answered', 'lost', 'open', 'unasked'];

export function asNow(answer: Json): Now | undefined {
  const { wall, uptime, bootId } = asRecord(answer) ?? {};
  const now = { wall: asOwnNumber(wall), uptime: asOwnNumber(uptime), bootId: asText(bootId) };
  return Object.values(now).includes(undefined) ? undefined : (now as Now);
}

/** @param wan its targets are the ones that must have answered */
export function asProbe(answer: Json, wan: Wan): Probe | undefined {
  const probe = asRecord(answer) ?? {};
  const targets = asList(probe.targets)?.map(asTarget) ?? [];
  const same = targets.length === wan.targets.length && targets.every((result, i) => result?.target === wan.targets[i]);
  const counts = [probe.failures, probe.sent, probe.lost].map(asOwnNumber);
  const [broken, seen, unmeasured] = [probe.broken, probe.seen, probe.unmeasured].map(asText);
  const samples = asList(probe.samples)?.map(asSample);
  if (samples && (samples.includes(undefined) || samples.length !== wan.targets.length)) return undefined;
  const asker = ASKERS.find((known) => known === probe.asker);
  if (!same || counts.includes(undefined) || typeof probe.answered !== 'boolean') return undefined;
  const [failures, sent, lost] = counts as [number, number, number];
  return {
    answered: probe.answered,
    failures,
    targets: targets as TargetResult[],
    sent,
    lost,
    ...(broken === undefined ? {} : { broken }),
    ...(asker === undefined ? {} : { asker }),
    ...(probe.unstarted === true ? { unstarted: true } : {}),
    ...(seen === undefined ? {} : { seen }),
    ...(samples ? { samples: samples as Sample[] } : {}),
    ...(unmeasured === undefined ? {} : { unmeasured }),
  };
}

function asSample(value: Json): Sample | undefined {
  const sample = asRecord(value) ?? {};
  const [sent, rtts] = [asOwnNumber(sample.sent), asList(sample.rtts)?.map(asOwnNumber)];
  return sent === undefined || !rtts || rtts.includes(undefined) ? undefined : { sent, rtts: rtts as number[] };
}

function asTarget(value: Json): TargetResult | undefined {
  const { target, outcome, rtt, instead } = asRecord(value) ?? {};
  const [name, words] = [asText(target), asText(instead)];
  const word = OUTCOMES.find((known) => known === outcome);
  const time = asOwnNumber(rtt);
  if (name === undefined || !word || (rtt !== undefined && time === undefined)) return undefined;
  return {
    target: name,
    outcome: word,
    ...(time === undefined ? {} : { rtt: time }),
    ...(words === undefined ? {} : { instead: words }),
  };
}

export function asFinished(answer: Json): Finished | undefined {
  const finished = asRecord(answer) ?? {};
  const [stdout, stderr, failure] = [finished.stdout, finished.stderr, finished.failure].map(asText);
  const exitCode = asOwnNumber(finished.exitCode);
  if (stdout === undefined || stderr === undefined) return undefined;
  if (exitCode !== undefined) return { stdout, stderr, exitCode };
  return failure === undefined ? undefined : { stdout, stderr, failure };
}

/** Words, or none: what `find` answers. */
export function asWords(answer: Json): { words: string | undefined } | undefined {
  return answer === null || typeof answer === 'string' ? { words: answer ?? undefined } : undefined;
}

export function asAttempt(answer: Json): Attempt | undefined {
  const attempt = asRecord(answer);
  const [command, problem] = [asText(attempt?.command), asText(attempt?.problem)];
  return attempt && { ...(command !== undefined && { command }), ...(problem !== undefined && { problem }) };
}

export function asUnsaved(answer: Json): { unsaved: Unsaved | undefined } | undefined {
  if (answer === null) return { unsaved: undefined };
  const { text, lost } = asRecord(answer) ?? {};
  return typeof text === 'string' && typeof lost === 'boolean' ? { unsaved: { text, lost } } : undefined;
}

/** @param text of the configuration */
export function asSource(answer: Json, text: string | undefined): Source | undefined {
  const { merged, problem, fault, exposed } = asRecord(answer) ?? {};
  if (text === undefined || typeof merged !== 'boolean') return undefined;
  const [path, reason] = [asText(asRecord(exposed)?.path), asText(asRecord(exposed)?.reason)];
  return {
    text,
    merged,
    ...(typeof problem === 'string' && { problem }),
    ...(typeof fault === 'string' && { fault }),
    ...(path === undefined || reason === undefined ? {} : { exposed: { path, reason } }),
  };
}

/** The configuration could not be read: what was said of it. */
export function asTrouble(answer: Json): Trouble | undefined {
  const { exitCode, message, remedy } = asRecord(asRecord(answer)?.trouble) ?? {};
  const code = Object.values(EXIT).find((known) => known === exitCode);
  const [text, lines] = [asText(message), asList(remedy)?.map(asText)];
  if (code === undefined || text === undefined || !lines || lines.includes(undefined)) return undefined;
  return new Trouble(code, text, lines as string[]);
}
