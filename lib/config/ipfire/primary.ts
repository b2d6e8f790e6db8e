import type { Problem } from '../../model.js';
import type { Uplink, Values } from '../../uplink.js';
import { isDeviceName, isTarget } from '../values.js';
import { redBlock } from './block.js';
import { reportFaults } from './keys.js';
import { dialledType } from './ppp.js';
import type { Profile } from './profile.js';
import { prefixOf } from './subnet.js';
import { readValues } from './values.js';

/**
 * The line that IPFire itself is set up for.
 *
 * @param values its RED_* keys and DEFAULT_GATEWAY
 * @param ppp text of its ppp/settings, which count only if IPFire dials
 */
export function readPrimary(values: Values, ppp: string | undefined, problems: Problem[]): Profile {
  const block = redBlock(values);
  const line = readLine(block, ppp, problems);
  if (typeof line !== 'string') return { uplink: { ...line, block } };
  const remedy = ["set RED up on IPFire's console, by: setup"];
  problems.push({ option: 'primary', text: `${line}; left out`, remedy });
  return { unusable: line };
}

/** Without its block; or why IPFire itself could not use it. */
function readLine(block: Values, ppp: string | undefined, problems: Problem[]): Omit<Uplink, 'block'> | string {
  const { RED_TYPE: type = '', RED_DEV: device = '' } = block;
  if (!isDeviceName(device)) return 'ethernet/settings has no RED_DEV that is a device';
  if (type === 'DHCP') return { type, device };
  if (type === 'STATIC') {
    const { RED_ADDRESS: address = '', RED_NETMASK: mask = '', DEFAULT_GATEWAY: gateway = '' } = block;
    const prefix = prefixOf(mask) ?? 0;
    const good = isTarget(address) && isTarget(gateway) && prefix > 0;
    if (good) return { type, device, fixed: { address, prefix, gateway } };
    return 'RED_ADDRESS, RED_NETMASK and DEFAULT_GATEWAY are not those of a host';
  }
  if (type !== 'PPPOE') return 'RED_TYPE is not STATIC or DHCP or PPPOE';
  const { values, faults } = readValues(ppp ?? '');
  reportFaults(faults, problems, 'ppp/settings');
  const dialled = dialledType(values);
  if (!dialled) return 'RED_TYPE is PPPOE, and ppp/settings has no TYPE that IPFire could dial';
  const number = Number(values.PROFILE);
  return { type: dialled, device, ...(number >= 1 && number <= 5 ? { dial: { number } } : {}) };
}
