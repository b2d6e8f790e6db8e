import { DIALS, ENABLED, KEPT_PPP, PPP, PROFILES, SETTINGS } from '../../actuators/red/places.js';
import { isKnown, parseRole } from '../../actuators/red/role.js';
import { redBlock } from '../../config/ipfire/block.js';
import type { Files } from '../../config/ipfire/settings.js';
import { readValues } from '../../config/ipfire/values.js';
import type { Engine } from '../../engine/engine.js';
import type { Role, Values } from '../../uplink.js';
import type { Tools } from '../exec.js';
import { tryReadText } from '../files.js';
import { exists, list } from '../tree.js';
import { readDialled, readEthernet, readRole } from './look.js';

export type IpfireFiles = Files;

/** All that a configuration is made of, with the passwords in it. */
export async function readFiles(tools: Tools): Promise<IpfireFiles> {
  const { engine } = tools;
  const texts = (entries: [string, string][]) =>
    Object.fromEntries(
      entries.flatMap(([name, path]) => {
        const text = tryReadText(engine, path);
        return text === undefined ? [] : [[name, text]];
      }),
    );
  const ethernet = await readEthernet(tools);
  const settings = tryReadText(engine, SETTINGS);
  const role = parseRole(readRole(tools) ?? '');
  const block = redBlock(readValues(ethernet).values);
  const primary = primaryOf(role, block);
  const isDialled = (primary ?? block).RED_TYPE === 'PPPOE';
  const ppp = isDialled ? await readDialled(tools, pppOf(role)) : tryReadText(engine, pppOf(role));
  return {
    ...(settings === undefined ? {} : { settings }),
    enabled: exists(engine, ENABLED),
    profiles: texts(list(engine, PROFILES).map((name) => [name, `${PROFILES}/${name}`])),
    ethernet,
    ...(ppp === undefined ? {} : { ppp }),
    dials: texts(DIALS.map((number) => [String(number), `${PPP}-${number}`])),
    macs: macsOf(engine),
    ...modemsOf(engine),
    ...(primary === undefined ? {} : { primary }),
  };
}

/** The primary's block, where another line has RED: unless the operator has set RED anew since. */
function primaryOf(role: Role | undefined, block: Values): Values | undefined {
  return role && isKnown(role, block) ? role.primary.block : undefined;
}

/** Where the primary's ppp/settings are. */
function pppOf(role: Role | undefined): string {
  if (role?.dialled === undefined) return PPP;
  return role.primary.dial === undefined ? KEPT_PPP : `${PPP}-${role.primary.dial}`;
}

/** Hardware addresses by device. */
function macsOf(engine: Engine): Record<string, string> {
  const macs = list(engine, '/sys/class/net').map((device) => [
    device,
    (tryReadText(engine, `/sys/class/net/${device}/address`) ?? '').trim(),
  ]);
  return Object.fromEntries(macs.filter(([, mac]) => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac ?? '')));
}

const MODEMS = '/sys/class/usbmisc';

/** Network devices by the character device of their modem; nothing where there is no modem. */
function modemsOf(engine: Engine): Pick<Files, 'modems'> {
  const modems = list(engine, MODEMS).flatMap((name) => {
    const [device] = /^cdc-wdm\d+$/.test(name) ? list(engine, `${MODEMS}/${name}/device/net`) : [];
    return device === undefined ? [] : [[`/dev/${name}`, device]];
  });
  return modems.length === 0 ? {} : { modems: Object.fromEntries(modems) };
}
