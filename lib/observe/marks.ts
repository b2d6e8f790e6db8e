import type { Marks } from '../model.js';

/** What ends a look at our table of nft. */
interface Printed {
  stdout: string;
  stderr: string;
  exitCode?: number | undefined;
  failure?: string | undefined;
}

/** What `nft list table` prints of our table. */
export function parseMarks({ stdout, stderr, exitCode, failure }: Printed): Marks {
  if (exitCode === 0) {
    // A rule is what stands in a chain, but for the line that says where the chain hangs.
    const rules = stdout.match(/^\t\t(?!type )\S.*$/gm) ?? [];
    return { comments: rules.map((rule) => / comment "([^"]*)"$/.exec(rule)?.[1] ?? '') };
  }
  if (/No such file or directory/.test(stderr)) return {};
  return { obstacle: whyFailed({ stderr, exitCode, failure }) as string };
}

/** Why nft has not done what it was asked for, in one line; undefined if it has. */
export function whyFailed({ stderr, exitCode, failure }: Omit<Printed, 'stdout'>): string | undefined {
  return exitCode === 0 ? undefined : (failure ?? (stderr.trim().split('\n')[0] || `exit ${exitCode}`));
}
