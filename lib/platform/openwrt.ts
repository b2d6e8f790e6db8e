import { type Json, parseJson } from '../json.js';
import type { Config, NetifdInterface, Observation } from '../model.js';
import { parseInterfaces } from '../observe/interfaces.js';
import type { Exec, Tools } from '../system/exec.js';
import { linux } from './linux.js';
import type { Platform } from './platform.js';

/** ms that netifd gets to answer: it does in a few, and is busy for seconds only while it restarts. */
const UBUS_TIMEOUT = 5000;

/** Linux with netifd, which knows the gateways: also those of WANs whose default route is not there. */
export function openwrt(tools: Tools): Platform {
  const base = linux(tools);
  const { exec } = tools;
  // A round looks several times. Whoever does not answer the first time is not waited for again.
  let silent: string | undefined;
  const observe = async (config?: Config, isLeft?: boolean): Promise<Observation> => {
    const [seen, answer] = await Promise.all([base.observe(config, isLeft), silent ?? dump(exec)]);
    if (typeof answer !== 'string') {
      const { interfaces, json } = answer;
      return seen.six ? (await import('./ipv6.js')).withNetifd({ ...seen, interfaces }, json) : { ...seen, interfaces };
    }
    silent = answer;
    return { ...seen, blind: [...seen.blind, silent] };
  };
  return {
    ...base,
    observe,
    announcer: 'hotplug-call',
    words: async (cure) => (await import('./words.js')).openwrtWords(cure),
  };
}

/** netifd's interfaces, and all that it said; or in words why that is not to be had. */
async function dump(exec: Exec): Promise<{ interfaces: NetifdInterface[]; json: Json } | string> {
  const args = ['call', 'network.interface', 'dump'];
  const { stdout, stderr, exitCode, failure } = await exec.start('ubus', args, { timeout: UBUS_TIMEOUT }).finished;
  const json = exitCode === 0 ? parseJson(stdout) : undefined;
  const interfaces = parseInterfaces(json);
  if (interfaces) return { interfaces, json };
  const said = stderr.trim().split('\n')[0] || `exit ${exitCode}`;
  const what = failure ?? (exitCode === 0 ? 'its answer is not understood' : said);
  return `netifd cannot be asked (ubus call network.interface dump: ${what}); gateways are taken from the routes`;
}
