/** What IPFire's files say of a line of the lab. Line i is the device red<i>, at an ISP of its own: 100.64.<i+1>.0/24. */
export type LineType = 'STATIC' | 'DHCP' | 'PPPOE' | 'QMI';
export type Values = Record<string, string | number>;

export const device = (i: number) => `red${i}`;
/** The character device of a modem. */
export const modem = (i: number) => `/dev/cdc-wdm${i}`;
export const mac = (i: number) => `02:00:00:00:01:0${i}`;
export const GREEN_MAC = '02:00:00:00:00:01';
export const network = (i: number) => `100.64.${i + 1}`;
export const gateway = (i: number) => `${network(i)}.1`;
/** The address that a line has when it is dialled. */
export const dialled = (i: number) => `${network(i)}.50`;
export const credentials = (i: number) => ({ USERNAME: `user${i}@isp.example`, PASSWORD: `secret${i}` });

/** The RED block of ethernet/settings, as setup writes it. */
export function redBlock(i: number, type: LineType): Values {
  const fixed = type === 'STATIC';
  return {
    RED_DEV: device(i),
    RED_MACADDR: mac(i),
    RED_DESCRIPTION: `pci: Ethernet ${i}`,
    RED_DRIVER: 'veth',
    // A modem is dialled, too.
    RED_TYPE: type === 'QMI' ? 'PPPOE' : type,
    RED_ADDRESS: fixed ? `${network(i)}.2` : '0.0.0.0',
    RED_NETMASK: fixed ? '255.255.255.0' : '0.0.0.0',
    RED_NETADDRESS: fixed ? `${network(i)}.0` : '0.0.0.0',
    DEFAULT_GATEWAY: fixed ? gateway(i) : '0.0.0.0',
    RED_DHCP_HOSTNAME: type === 'DHCP' ? 'ipfire' : '',
  };
}

/** ethernet/settings with line 0 as RED, and names for the network devices of all `lines`. */
export function ethernet(type: LineType, lines: number): Values {
  const names = Array.from({ length: lines }, (_, i) => [
    [`INTF${i}_DEV`, device(i)],
    [`INTF${i}_MACADDR`, mac(i)],
  ]);
  return {
    CONFIG_TYPE: 1,
    GREEN_DEV: 'green0',
    GREEN_MACADDR: GREEN_MAC,
    GREEN_DESCRIPTION: 'pci: Ethernet of the LAN',
    GREEN_DRIVER: 'veth',
    GREEN_ADDRESS: '192.168.1.1',
    GREEN_NETMASK: '255.255.255.0',
    GREEN_NETADDRESS: '192.168.1.0',
    ...redBlock(0, type),
    ...Object.fromEntries(names.flat()),
  };
}

/** A dial profile of IPFire's for line i: ppp/settings-<number>. */
export function dialProfile(i: number, type: 'PPPOE' | 'QMI', number: number): Values {
  return {
    PROFILE: number,
    PROFILENAME: `Line ${i}`,
    TYPE: type.toLowerCase(),
    APN: type === 'QMI' ? 'internet' : '',
    ...credentials(i),
    AUTH: 'pap-or-chap',
    MTU: 1492,
    MRU: 1492,
    // After the last one connectd goes over to BACKUPPROFILE: no test takes so long by chance.
    MAXRETRIES: 99,
    HOLDOFF: 1,
    TIMEOUT: 15,
    BACKUPPROFILE: number,
    RECONNECTION: 'persistent',
    AUTOCONNECT: 'on',
    DIALMODE: 'T',
    VALID: 'yes',
  };
}

/** A profile of mini-mwan's for line i. */
export function profile(i: number, type: LineType): Values {
  const common = { TYPE: type, DEVICE: device(i), AUTOCONNECT: 'on', RECONNECTION: 'persistent' };
  if (type === 'DHCP') return common;
  if (type === 'PPPOE') return { ...common, ...credentials(i) };
  if (type === 'QMI') return { ...common, DEVICE: modem(i), APN: 'internet', USERNAME: '', PASSWORD: '' };
  return { ...common, IP: `${network(i)}.2`, NETMASK: '255.255.255.0', GATEWAY: gateway(i) };
}

/** Lines KEY=VALUE, in quotes if there is a space in the value, as the web interface writes them. */
export function asText(values: Values): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${String(value).includes(' ') ? `'${value}'` : value}\n`)
    .join('');
}

/** What the web interface reads. */
export function asValues(text: string): Record<string, string> {
  const pairs = text
    .split('\n')
    .filter((line) => line.includes('=') && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).replace(/^'(.*)'$/, '$1')]);
  return Object.fromEntries(pairs);
}
