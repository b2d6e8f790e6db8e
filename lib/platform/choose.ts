import { ETHERNET } from '../actuators/red/places.js';
import type { Tools } from '../system/exec.js';
import type { Ground } from '../system/ipfire/ground.js';
import { exists } from '../system/tree.js';
import { linux } from './linux.js';
import { openwrt } from './openwrt.js';
import type { Platform } from './platform.js';

/**
 * The platform that this machine is: IPFire has its settings where nobody else has, and netifd is asked by `ubus`.
 *
 * @param witness puts itself between IPFire's files and whoever reads them
 */
export async function choosePlatform(tools: Tools, witness = (ground: Ground) => ground): Promise<Platform> {
  if (exists(tools.engine, ETHERNET)) {
    const { ground, ipfire } = await import('./on-ipfire.js');
    return ipfire(tools, witness(ground(tools)));
  }
  return (await tools.exec.find('ubus')) ? openwrt(tools) : linux(tools);
}
