import { ETHERNET, MWAN, RED, ROLE, STATE } from '../../actuators/red/places.js';
import { formatRole } from '../../actuators/red/role.js';
import type { Place, Step } from '../../actuators/red/step.js';
import { changesFor } from '../../config/ipfire/block.js';
import { changeValues, readValues } from '../../config/ipfire/values.js';
import type { Role } from '../../uplink.js';
import type { Tools } from '../exec.js';
import { writeAtomically } from '../files.js';
import { isFolder, takeAway } from '../tree.js';
import { dial } from './dial.js';
import { readEthernet } from './look.js';
import { replaceKept, run } from './replace.js';

/** Does a step that is done in files. Throws the system's error. */
export async function write(tools: Tools, step: Step): Promise<void> {
  switch (step.do) {
    case 'remember':
      return remember(tools, step.role);
    case 'write': {
      const text = await readEthernet(tools);
      return replaceKept(tools, ETHERNET, changeValues(text, changesFor(readValues(text).values, step.block)));
    }
    case 'dial':
      return dial(tools, step.dial);
    case 'claim':
      return claim(tools, step.place);
  }
}

/** What must outlast a power cut in the next moment. */
async function remember(tools: Tools, role: Role | undefined): Promise<void> {
  const { engine } = tools;
  if (!role) {
    takeAway(engine, ROLE);
    return run(tools, 'sync', [STATE]);
  }
  if (!isFolder(engine, MWAN)) engine.files.makeFolder(MWAN, 0o755);
  if (!isFolder(engine, STATE)) engine.files.makeFolder(STATE, 0o700);
  return replaceKept(tools, ROLE, formatRole(role), { mode: 0o600 });
}

/** RED by IPFire's own files, as `networking/red` writes them for STATIC: without a newline. */
function claim({ engine }: Tools, { device, address, gateway }: Place): void {
  const put = (name: string, text: string) => writeAtomically(engine, `${RED}/${name}`, text);
  put('iface', device);
  put('local-ipaddress', address);
  put('remote-ipaddress', gateway);
  put('active', '');
}
