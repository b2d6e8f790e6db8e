import { holderOf } from '../actuators/red/role.js';
import { isDialled } from '../config/ipfire/ppp.js';
import type { Observation, Probe, Wan } from '../model.js';
import type { Exec } from '../system/exec.js';

/** ms. An access concentrator answers in a few; it is asked again after five seconds. */
const TIMEOUT = 8000;

/** Those that IPFire reaches by PPP over Ethernet: whoever is to answer can be asked without dialling. */
const DISCOVERABLE = ['PPPOE'];

/** Can nothing be sent through the line as it is? It must be dialled first, or its device is in use by another line. */
export function mustInspect({ name, uplink }: Wan, { red }: Observation): boolean {
  if (!uplink || !red || holderOf(red) === name) return false;
  return isDialled(uplink) || uplink.device === red.block.RED_DEV;
}

/** What can be seen of such a line, whose device has a carrier. Counted as a test, and told as what it is. */
export async function inspect(exec: Exec, { targets, uplink }: Wan, device: string): Promise<Probe> {
  const found = (answered: boolean, seen: string): Probe => ({
    answered,
    failures: answered ? 0 : 1,
    targets: targets.map((target) => ({ target, outcome: 'unasked' })),
    sent: 0,
    lost: 0,
    seen,
  });
  if (uplink && !isDialled(uplink))
    return found(true, `${device} has a carrier; another line has it until this one is tried`);
  if (!DISCOVERABLE.includes(uplink?.type ?? ''))
    return found(true, `${device} is there; more is known when it is dialled`);
  const { stdout, exitCode, unstarted } = await exec.start('pppoe-discovery', ['-I', device], { timeout: TIMEOUT })
    .finished;
  if (unstarted)
    return found(true, `${device} has a carrier; without pppoe-discovery, more is known when it is dialled`);
  const answered = exitCode === 0 && /Access-Concentrator/i.test(stdout);
  return found(
    answered,
    answered ? 'its access concentrator answers; more is known when it is dialled' : 'no access concentrator answers',
  );
}
