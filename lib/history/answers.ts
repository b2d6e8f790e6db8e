import { asList, type Json, parseJson } from '../json.js';

/** The rows of each answer that has any. @returns undefined if it is not what sqlite3 prints with -json */
export function parseAnswers(stdout: string): Json[][] | undefined {
  // Within a text, the end of a line is written in another way.
  const answers = asList(parseJson(`[${stdout.trim().replace(/\]\n\[/g, '],[')}]`));
  return answers?.flatMap((answer) => {
    const rows = asList(answer);
    return rows ? [rows] : [];
  });
}
