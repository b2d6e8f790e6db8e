import { EXIT, Trouble } from '../explain.js';
import { safe } from '../report/words.js';
import type { Finished } from '../system/exec.js';
import { INSTALL_IP } from './words.js';

/** Why what `ip` printed could not be used. */
export function unusable({ stdout, stderr, failure, exitCode }: Finished): Trouble {
  if (failure === 'not found' || failure === 'not executable') {
    return new Trouble(EXIT.cannotRun, "the program 'ip' is not there; nothing was changed", INSTALL_IP);
  }
  const said = safe((stderr || stdout).trim().split('\n')[0] ?? '', 200);
  if (/busybox|invalid option|unrecognized option|unknown option/i.test(stderr)) {
    return new Trouble(
      EXIT.cannotRun,
      "this 'ip' knows no -json (BusyBox has a small one); nothing was changed",
      INSTALL_IP,
    );
  }
  const what = failure ?? (exitCode === 0 ? 'printed what is not JSON of links and routes' : `exit ${exitCode}`);
  return new Trouble(EXIT.cannotRun, `'ip -j' could not be used: ${what}; nothing was changed`, [
    ...(said === '' ? [] : [said]),
    'try: ip -j addr show; ip -j route show',
  ]);
}
