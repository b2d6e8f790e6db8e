import type { Asker } from '../model.js';

/** What came of one question to a target. */
export interface Answer {
  answered: boolean;
  /** ms; absent if nothing answered, or the program did not say. */
  rtt?: number;
  /** What came instead of the answer that was asked for, in words. */
  instead?: string;
}

/** What a program printed. */
export interface Said {
  stdout: string;
  stderr: string;
  /** Why it did not end by itself. */
  failure?: string;
  /** Of one that printed too much: how its stdout began. */
  beginning?: string;
}

/** One question to a target: who asks it, and what its words mean. */
export interface Question {
  program: 'ping' | Asker;
  args: string[];
  /** Text for its standard input. */
  input?: string;
  /** Characters that it may print. */
  maxOutput: number;
  /** What it prints on stderr is in stdout, too. */
  output?: 'mixed';
  /** Undefined: it could not do its work. */
  read(said: Said): Answer | undefined;
}
