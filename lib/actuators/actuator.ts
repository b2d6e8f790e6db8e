import type { Change, Intent, Observation, Path, Problem, Verb, Verdict, View } from '../model.js';

/** A kind of thing that is steered: how things of it are told apart, in which order they come and go, and their words. */
export interface Kind<T> {
  /** Things of one key cannot both be there, or not both count. */
  key(thing: T): string;
  /** Same key and same content: nothing to do. */
  same(a: T, b: T): boolean;
  /** By a mark that it bears. Things of others are never changed or removed. */
  ours(thing: T): boolean;
  /** What is added comes by rising rank, what is removed goes by falling rank. */
  rank(thing: T): number;
  /** What has the key of another one of ours takes its place at once, or comes behind it, which is removed later. */
  renewal(thing: T): 'replace' | 'append';
  sentence(verb: Verb, thing: T): string;
  /** The program that does it, and its arguments. */
  command(verb: Verb, thing: T): string[];
}

/** What decides over things of a kind: plain data in, plain data out. */
export interface Planner<T = unknown> {
  /** Whose paths it is for. `each`: all, those of IPv4 first. Absent: IPv4's. */
  family?: 6 | 'each';
  /** Where its things are, for sentences. */
  place: string;
  /** What is said where the system was found to lack something, and has not started again since. Absent: there is no such thing. */
  lack?: Problem;
  /** The paths that carry traffic by things of ours. */
  carrying(view: View): Path[];
  /** The things of ours that should be there, and what keeps others from it. @param lack what this system has turned out not to have */
  want(intent: Intent, verdicts: Verdict[], seen: Observation, lack?: Problem): Wanted<T>;
  /** What must be done, in this order, so that these things of ours are there. */
  changes(things: T[], seen: Observation): Change<T>[];
}

export interface Wanted<T> {
  things: T[];
  problems: Problem[];
}

/** What is steered by an intent: it knows what should be there, and makes it so. */
export interface Actuator<T = unknown> extends Planner<T> {
  /** Makes the changes one after the other. Stops at the first that is refused. Throws a Trouble if nothing can be changed here. */
  apply(changes: Change<T>[]): Promise<Refusal | undefined>;
  /** Finds out what a change that was refused twice fails at. */
  investigate(change: Change<T>, reason: string, view: View): Promise<Finding>;
}

/** The first change that was refused. */
export interface Refusal {
  /** From 0. */
  index: number;
  /** The program's own words. */
  reason: string;
}

/** Which paths a change was refused for, or what this system lacks; `lasting`: until it starts again. */
export type Finding = { paths: Path[] } | { lack: Problem; lasting: boolean };
