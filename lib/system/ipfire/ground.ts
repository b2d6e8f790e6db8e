import type { Step } from '../../actuators/red/step.js';
import type { Sight } from '../../observe/red.js';
import { type Clients, clientsOn } from '../dhcpcd.js';
import type { Tools } from '../exec.js';
import { type IpfireFiles, readFiles } from './files.js';
import { hooks } from './hooks.js';
import { look } from './look.js';
import { write } from './write.js';

/** IPFire beside its programs: what a round reads of its files, and does in them. */
export interface Ground {
  files(): Promise<IpfireFiles>;
  /** @param devices those whose DHCP clients are of interest */
  look(devices: string[]): Promise<Sight>;
  /** Does a step that is done in files; others are left alone. Throws the system's error. */
  write(step: Step): Promise<void>;
  /** Our DHCP clients of lines that wait. */
  clients: Clients;
  /** The programs that IPFire runs when RED is up, in its order. */
  hooks(): { program: string; args: string[] }[];
}

/** The machine that we are on. */
export function ground(tools: Tools): Ground {
  return {
    files: () => readFiles(tools),
    look: (devices) => look(tools, devices),
    write: (step) => write(tools, step),
    clients: clientsOn(tools.engine),
    hooks: () => hooks(tools),
  };
}
