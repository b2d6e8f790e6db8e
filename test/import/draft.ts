import type { Test } from 'tap';
import * as more from '../../lib/config/more.js';
import { readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';
import type { Draft } from '../../lib/import/draft.js';
import { noteLines } from '../../lib/import/notes.js';
import { draftText } from '../../lib/import/write.js';
import type { Config } from '../../lib/model.js';
import { problemText } from '../../lib/report/words.js';

/** What a draft comes to: as our own reader understands its text, and what is said of it. */
export interface Made {
  config: Config;
  said: string[];
}

/** Reads a draft's text back; `enabled` is set, so that each WAN is looked at in full. */
export function understand(draft: Draft | { fault: string }): Made & { problems: string[] } {
  if ('fault' in draft) throw new Error(draft.fault);
  const text = draftText(draft);
  const parsed = parseUci(text.replace("option enabled '0'", "option enabled '1'"));
  if ('text' in parsed) throw new Error(`${parsed.text} in line ${parsed.line} of ${text}`);
  const { config, problems } = readSettings(parsed.sections, more);
  const lost = draft.wans.length - config.wans.length;
  return {
    config,
    said: noteLines(draft.notes),
    problems: [
      ...problems.map((problem) => problemText(problem, 'ours')),
      ...(lost === 0 ? [] : [`${lost} WANs are lost`]),
    ],
  };
}

/** The same of one that is to be without a problem. */
export function readBack(t: Test, draft: Draft | { fault: string }): Made {
  const { problems, ...made } = understand(draft);
  t.strictSame(problems, [], 'it is read back without a problem');
  return made;
}
