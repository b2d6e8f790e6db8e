import { EXIT, Trouble } from '../explain.js';
import type { Change, Observation } from '../model.js';
import { parseJson } from '../network/json.js';
import { parseLinks } from '../network/links.js';
import { fillNexthops, parseObjects } from '../network/nexthops.js';
import { parseRoutes } from '../network/routes.js';
import { toArguments } from '../report/change.js';
import { safe } from '../report/words.js';
import type { Exec, Finished } from '../system/exec.js';
import type { Platform, Refusal } from './platform.js';

/** ms that `ip` gets. It takes a few; a second on a slow router with many devices. */
const IP_TIMEOUT = 10_000;

/** Any Linux with iproute2: links and routes from `ip`, gateways from the default routes that are there. */
export function linux(exec: Exec): Platform {
  return { observe: () => observe(exec), apply: (changes) => apply(exec, changes) };
}

async function observe(exec: Exec): Promise<Observation> {
  // One process for all questions; it prints one line of JSON for each. -N: our protocol by its number, whatever
  // /etc/iproute2/rt_protos calls it. Not every ip and kernel knows the last one, which stops nobody who need not.
  const input = 'addr show\nroute show table main\nnexthop show\n';
  const result = await exec.start('ip', ['-N', '-j', '-s', '-batch', '-'], { timeout: IP_TIMEOUT, input }).finished;
  const [first = '', second = '', third = ''] = result.stdout.split('\n');
  const [links, routes] = [parseLinks(parseJson(first)), parseRoutes(parseJson(second))];
  const objects = result.exitCode === 0 ? parseObjects(parseJson(third)) : undefined;
  const answered = result.exitCode === 0 || result.stderr.includes('Command failed -:3');
  if (!answered || !links || !routes) throw unusable(result);
  if (!objects) return { links, routes, blind: [] };
  return { links, routes: fillNexthops(routes, objects), objects, blind: [] };
}

async function apply(exec: Exec, changes: Change[]): Promise<Refusal | undefined> {
  const input = changes.map((change) => `${toArguments(change).join(' ')}\n`).join('');
  const { exitCode, stderr, failure } = await exec.start('ip', ['-batch', '-'], { timeout: IP_TIMEOUT, input })
    .finished;
  if (exitCode === 0) return undefined;
  if (failure !== undefined)
    throw new Trouble(EXIT.cannotRun, `'ip -batch' could not be used: ${failure}`, [
      'not all routes may be changed; the next round goes on',
    ]);
  // ip ends its complaint with the line of the batch, from 1.
  const line = /^Command failed -:(\d{1,6})$/m.exec(stderr)?.[1];
  const reason = stderr.replace(/^Command failed .*$/m, '').trim();
  return { index: line === undefined ? 0 : Number(line) - 1, reason: reason || `exit ${exitCode}` };
}

function unusable({ stdout, stderr, failure, exitCode }: Finished): Trouble {
  if (failure === 'not found' || failure === 'not executable') {
    return new Trouble(EXIT.cannotRun, "the program 'ip' is not there; nothing was changed", installHint());
  }
  const said = safe((stderr || stdout).trim().split('\n')[0] ?? '', 200);
  if (/busybox|invalid option|unrecognized option|unknown option/i.test(stderr)) {
    return new Trouble(
      EXIT.cannotRun,
      "this 'ip' knows no -json (BusyBox has a small one); nothing was changed",
      installHint(),
    );
  }
  const what = failure ?? (exitCode === 0 ? 'printed what is not JSON of links and routes' : `exit ${exitCode}`);
  return new Trouble(EXIT.cannotRun, `'ip -j' could not be used: ${what}; nothing was changed`, [
    ...(said === '' ? [] : [said]),
    'try: ip -j addr show; ip -j route show',
  ]);
}

/** How to get the full iproute2. */
export function installHint(): string[] {
  return [
    'on OpenWrt 24.10: opkg update && opkg install ip-full; on 25.12: apk add ip-full',
    'on Debian: apt-get install iproute2',
  ];
}
