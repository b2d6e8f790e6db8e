import type { Marks } from '../model.js';

/** What ends a look at our table of nft. */
interface Printed {
  stdout: string;
  stderr: string;
  exitCode?: number;
  failure?: string;
}

/** What `nft list table` prints of our table. */
export function parseMarks({ stdout, stderr, exitCode, failure }: Printed): Marks {
  if (exitCode === 0) {
    // A rule is what stands in a chain, but for the line that says where the chain hangs.
    const rules = stdout.match(/^\t\t(?!type )\S.*$/gm) ?? [];
    return { comments: rules.map((rule) => / comment "([^"]*)"$/.exec(rule)?.[1] ?? '') };
  }
  if (/No such file or directory/.test(stderr)) return {};
  return { obstacle: failure ?? (stderr.trim().split('\n')[0] || `exit ${exitCode}`) };
}
