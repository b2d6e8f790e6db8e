import { ETHERNET } from '../actuators/red/places.js';
import { EXIT, Trouble } from '../explain.js';
import { exists } from '../system/tree.js';
import type { Context } from './context.js';

/** Some commands are of use only where there is one uplink, and files of IPFire's. */
export function requireIpfire({ engine }: Pick<Context, 'engine'>, command: string): void {
  if (exists(engine, ETHERNET)) return;
  throw new Trouble(EXIT.config, `${command} is for IPFire, and this is none: there is no ${ETHERNET}`);
}
