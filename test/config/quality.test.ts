import tap from 'tap';
import { readLimits } from '../../lib/config/quality.js';
import { parseUci } from '../../lib/config/uci.js';
import type { Limits, Problem } from '../../lib/model.js';

function read(lines: string[], targets = ['1.1.1.1', 'https://1.1.1.1']) {
  const parsed = parseUci(['config interface wan', ...lines.map((line) => `\toption ${line}`), ''].join('\n'));
  const sections = 'sections' in parsed ? parsed.sections : [];
  const problems: Problem[] = [];
  const limits = readLimits(sections[0]?.options ?? new Map(), problems, targets);
  return { limits, problems: problems.map(({ line, option, text }) => `${line} ${option}: ${text}`) };
}

const DEFAULTS: Limits = { failure: { latency: 1000, loss: 40 }, recovery: { latency: 500, loss: 10 } };

tap.test('what a line is judged by', async (t) => {
  const CASES: [lines: string[], limits: Limits | undefined, problems: RegExp[]][] = [
    [[], undefined, []],
    [['failure_loss 30'], undefined, []],
    [["check_quality '0'"], undefined, []],
    [["check_quality '1'"], DEFAULTS, []],
    [
      ["check_quality '1'", "failure_loss '20'", "failure_jitter '50'"],
      { failure: { latency: 1000, loss: 20, jitter: 50 }, recovery: { latency: 500, loss: 10, jitter: 50 } },
      [],
    ],
    [
      ["check_quality '1'", "failure_jitter '50'", "ping_count '1'"],
      { failure: { latency: 1000, loss: 40, jitter: 50 }, recovery: { latency: 500, loss: 10, jitter: 50 } },
      [/^3 option failure_jitter: never judged: with option ping_count '1'/],
    ],
    [
      ["check_quality '1'", "recovery_loss '60'"],
      { ...DEFAULTS, recovery: { latency: 500, loss: 40 } },
      [/^3 option recovery_loss: above failure_loss, 40; using 40$/],
    ],
    [
      ["check_quality '1'", "failure_latency '100'"],
      { failure: { latency: 100, loss: 40 }, recovery: { latency: 100, loss: 10 } },
      [/^3 option failure_latency: below recovery_latency, 500 by default; using 100 for both$/],
    ],
    [
      ["check_quality '1'", "failure_latency '0'", "recovery_loss 'x'"],
      { failure: { latency: 1, loss: 40 }, recovery: { latency: 1, loss: 10 } },
      [/^3 .*not a number from 1 to 60000; using 1$/, /recovery_latency/, /^4 .*using 10$/],
    ],
  ];
  for (const [lines, limits, problems] of CASES) {
    const found = read(lines);
    t.strictSame(found.limits, limits, lines.join(', '));
    t.equal(found.problems.length, problems.length, found.problems.join('\n'));
    for (const [i, pattern] of problems.entries()) t.match(found.problems[i], pattern);
  }
  const jitter = ["check_quality '1'", "failure_jitter '50'"];
  t.match(read(jitter, ['https://1.1.1.1']).problems, [/^3 option failure_jitter: never judged: no target is pinged/]);
  t.strictSame(read(jitter, []).problems, [], 'that there is no target is said elsewhere');
  t.strictSame(read(["check_quality '1'"], ['https://1.1.1.1']).problems, []);
});
