import type { Tools } from '../system/exec.js';
import { linux } from './linux.js';
import { openwrt } from './openwrt.js';
import type { Platform } from './platform.js';

/** The platform that this machine is: netifd is asked by `ubus`. */
export async function choosePlatform(tools: Tools): Promise<Platform> {
  return (await tools.exec.find('ubus')) ? openwrt(tools) : linux(tools);
}
