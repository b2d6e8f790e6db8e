import {
  DNS,
  ETHERNET,
  FORMER,
  HOSTS,
  KEPT_PPP,
  KEPT_SECRETS,
  MWAN,
  PPP,
  RED,
  ROLE,
  SECRETS,
  STATE,
} from '../../actuators/red/places.js';
import { formatRole, isKnown, parseRole } from '../../actuators/red/role.js';
import type { Place, Step } from '../../actuators/red/step.js';
import { changesFor, redBlock } from '../../config/ipfire/block.js';
import { changeValues, readValues } from '../../config/ipfire/values.js';
import { SystemError } from '../../engine/engine.js';
import type { Role, Values } from '../../uplink.js';
import type { Tools } from '../exec.js';
import { attempt, tryReadText, writeAtomically } from '../files.js';
import { isFolder, takeAway } from '../tree.js';
import { dial } from './dial.js';
import { readEthernet, readRole } from './look.js';
import { replaceKept, run, temporaryOf } from './replace.js';

/** Does a step that is done in files. Throws the system's error. */
export async function write(tools: Tools, step: Step): Promise<void> {
  switch (step.do) {
    case 'remember':
      return remember(tools, step.role);
    case 'keep':
      return replaceKept(tools, FORMER, changeValues('', step.block), { mode: 0o600 });
    case 'write':
      return writeRed(tools, step.block);
    case 'dial':
      return dial(tools, step.dial);
    case 'claim':
      return claim(tools, step.place);
    case 'stop':
      // Where IPFire's own DHCP client was not there to be stopped, its script leaves that as it is: it would be the next line's.
      takeAway(tools.engine, `${RED}/active`);
  }
}

/** Unless the operator has set RED up anew, while we did what comes before it. */
async function writeRed(tools: Tools, block: Values): Promise<void> {
  const text = await readEthernet(tools);
  const { values } = readValues(text);
  const role = parseRole(readRole(tools) ?? '');
  if (role && !isKnown(role, redBlock(values))) throw new SystemError('RED was set up anew meanwhile');
  await replaceKept(tools, ETHERNET, changeValues(text, changesFor(values, block)), { was: text });
  if (block.RED_TYPE === 'STATIC') writeNames(tools, []);
}

/** The provider's name servers, as IPFire's hook of DHCP has them: one, and the others. */
function writeNames({ engine }: Tools, [first, ...others]: string[]): void {
  for (const [path, words] of [
    [DNS[0], [first]],
    [DNS[1], others],
  ] as const) {
    if (first === undefined) takeAway(engine, path);
    else writeAtomically(engine, path, `${words.join(' ')}\n`);
  }
}

/** What is written on the way from one line to another, and may be half written by who was killed. */
const WRITTEN = [ETHERNET, PPP, SECRETS, KEPT_PPP, KEPT_SECRETS, ROLE];

/** What must outlast a power cut in the next moment. */
async function remember(tools: Tools, role: Role | undefined): Promise<void> {
  const { engine } = tools;
  // What was kept of another time would be put back as if it were of this one.
  if (role?.dialled === undefined) for (const path of [KEPT_SECRETS, KEPT_PPP]) takeAway(engine, path);
  if (!role) {
    for (const path of WRITTEN) takeAway(engine, temporaryOf(path));
    takeAway(engine, ROLE);
    return run(tools, 'sync', [STATE]);
  }
  if (!isFolder(engine, MWAN)) engine.files.makeFolder(MWAN, 0o755);
  if (!isFolder(engine, STATE)) engine.files.makeFolder(STATE, 0o700);
  return replaceKept(tools, ROLE, formatRole(role), { mode: 0o600 });
}

/** RED by IPFire's own files, as `networking/red` writes them for STATIC: without a newline. */
function claim(tools: Tools, { device, address, gateway, dns }: Place): void {
  const { engine } = tools;
  const put = (name: string, text: string) => writeAtomically(engine, `${RED}/${name}`, text);
  put('iface', device);
  put('local-ipaddress', address);
  put('remote-ipaddress', gateway);
  if (dns) writeNames(tools, dns);
  // Only graphs ask for it.
  attempt(() => nameGateway(tools, gateway));
  put('active', '');
}

function nameGateway({ engine }: Tools, address: string): void {
  const text = tryReadText(engine, HOSTS);
  if (text === undefined) return;
  const others = text.split('\n').filter((line) => line !== '' && !/\bgateway\b/.test(line));
  writeAtomically(engine, HOSTS, [...others, `${address}\tgateway`, ''].join('\n'));
}
