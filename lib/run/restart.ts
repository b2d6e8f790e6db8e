import type { Restart } from '../model.js';
import { announce } from '../report/announcement.js';
import { safe } from '../report/words.js';
import type { Tools } from '../system/exec.js';
import { runHook } from '../system/hooks.js';
import { log } from '../system/log.js';
import { findExposure } from '../system/trust.js';
import { exposureProblem } from './configuration.js';

/** ms for each program: netifd's hand their work over, and are done at once. */
const LIMIT = 60_000;

/** Starts a line again: by netifd's programs, or by the user's. Whatever comes of it, the next rounds see. */
export async function startAgain(tools: Tools, what: Restart): Promise<void> {
  const { name, device, interface: owner = '', program, status, reason } = what;
  const variables = announce({ ...what, from: status, to: status, reason }).full;
  const exposed = program === undefined ? undefined : findExposure(tools.engine, program);
  if (exposed) await log(tools, [{ priority: 'warning', text: safe(exposureProblem(exposed).text, 400) }]);
  const steps: [string, string[]][] =
    program === undefined
      ? [
          ['ifdown', [owner]],
          ['ifup', [owner]],
        ]
      : [[program, device === undefined ? [name] : [name, device]]];
  for (const [file, args] of steps) {
    const failure = await runHook(tools.exec, file, args, program === undefined ? {} : variables, LIMIT);
    if (failure === undefined) continue;
    // The second one is tried all the same: it takes back what the first one may have done.
    await log(tools, [{ priority: 'err', text: safe(`${[file, ...args].join(' ')}: ${failure}`, 400) }]);
  }
}
