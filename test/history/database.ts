import { createEngine } from '../../lib/engine/node/engine.js';
import { parseAnswers } from '../../lib/history/answers.js';
import type { LineSample, Sample } from '../../lib/history/sample.js';
import { type Writing, writeSql } from '../../lib/history/write.js';
import type { Json } from '../../lib/json.js';
import { createExec } from '../../lib/system/exec.js';
import { askSqlite } from '../../lib/system/sqlite.js';

/** A boot, and when it was: s since the epoch. */
export const BOOT = { bootId: 'boot', booted: 1_790_000_000 };

/** A moment of that boot, by a clock that is right. @param uptime s */
export function sampleAt(uptime: number, more: Partial<Sample> = {}): Sample {
  return { bootId: BOOT.bootId, uptime, wall: BOOT.booted + uptime, lines: [], shaped: [], events: [], ...more };
}

export function lineOf(more: Partial<LineSample> = {}): LineSample {
  return {
    wan: 'wan1',
    state: 'up',
    rtt: 10,
    jitter: 1,
    loss: 0,
    carried: { rx: 1000, tx: 100, span: 10_000 },
    ...more,
  };
}

/** A database of the real program. */
export class Database {
  private readonly exec = createExec(createEngine());
  private batches = 0;

  constructor(readonly path: string) {}

  /** All rows that a script answers with; throws what sqlite3 says. */
  async ask<T = Record<string, Json>>(script: string): Promise<T[]> {
    const { stdout, problem } = await askSqlite({ exec: this.exec }, this.path, script, { timeout: 60_000 });
    if (stdout === undefined) throw new Error(problem);
    return (parseAnswers(stdout) ?? []).flat() as T[];
  }

  /** Writes samples at a time of the boot. */
  async write(samples: Sample[], uptime: number, more: Partial<Writing> = {}): Promise<Record<string, Json>[]> {
    const { bootId, booted } = BOOT;
    return this.ask(
      writeSql(samples, { batch: `batch ${++this.batches}`, bootId, wall: booted + uptime, uptime, ...more }),
    );
  }
}
