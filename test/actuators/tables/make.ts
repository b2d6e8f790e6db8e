import type { Link, Observation, Verdict } from '../../../lib/model.js';
import type { Red, Uplink } from '../../../lib/uplink.js';
import { makePath } from '../../make.js';

/** The device redI. */
export function makeRed(i: number, more: Partial<Link> = {}): Link {
  return { device: `red${i}`, state: 'up', pointToPoint: false, addresses: [], rxBytes: 0, txBytes: 0, ...more };
}

/** An address as the system sets it. */
export function makeAddress(address: string, prefix = 24) {
  return { address, prefix };
}

/** RED on a device, as IPFire's settings and files have it. */
export function makeRedOn(device: string, { type = 'STATIC', holder, iface = device }: RedOn = {}): Red {
  const block = { RED_TYPE: type, RED_DEV: device };
  const role = holder === undefined ? {} : { role: { holder, primary: { block }, ours: [] } };
  const now = { uptime: 1000, bootId: 'boot1' };
  return { now, patience: 90, block, active: true, kept: true, iface, ...role };
}

export interface RedOn {
  type?: string;
  /** The line that is to hold it. */
  holder?: string;
  iface?: string;
}

/** The uplink through redI; STATIC has 10.0.I.2 and the gateway 10.0.I.1. */
export function makeUplink(i: number, type: Uplink['type'], more: Partial<Uplink> = {}): Uplink {
  const fixed = { address: `10.0.${i}.2`, prefix: 24, gateway: `10.0.${i}.1` };
  const block = { RED_TYPE: type === 'STATIC' || type === 'DHCP' ? type : 'PPPOE', RED_DEV: `red${i}` };
  return { type, device: `red${i}`, block, ...(type === 'STATIC' ? { fixed } : {}), ...more };
}

/** What the judge says of the line: enough for what only tests it. */
export function makeVerdict(i: number, uplink: Uplink, more: Partial<Verdict> = {}): Verdict {
  const {
    link: _,
    gateway: __,
    device: ___,
    ...path
  } = makePath(i, i, {}, { name: i === 0 ? 'primary' : `line${i}`, uplink });
  return { path, status: 'unknown', degraded: false, usable: false, refused: false, ...more };
}

/** The primary on red0, which holds RED, and whatever else there is. */
export function makeSeen(more: Partial<Observation> = {}): Observation {
  const red0 = makeRed(0, { addresses: [makeAddress('10.0.0.2')] });
  const { links = [], ...rest } = more;
  return {
    links: [red0, ...links],
    routes: [],
    tables: [],
    rules: [{ priority: 32766, table: '254', main: true, conditional: false, protocol: '2' }],
    clients: [],
    red: makeRedOn('red0'),
    blind: [],
    ...rest,
  };
}
