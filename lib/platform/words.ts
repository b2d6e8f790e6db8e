import { isIPv4 } from '../address.js';
import type { Cure, Setting } from '../model.js';

/** Packages of OpenWrt and of Debian that have a program; on OpenWrt, BusyBox has what is not named. */
const PACKAGES = {
  ip: { openwrt: 'ip-full', debian: 'iproute2' },
  ping: { openwrt: undefined, debian: 'iputils-ping' },
  flock: { openwrt: undefined, debian: 'util-linux' },
  nft: { openwrt: 'nftables-json', debian: 'nftables' },
  tc: { openwrt: 'tc-tiny', debian: 'iproute2' },
  fping: { openwrt: 'fping', debian: 'fping' },
  curl: { openwrt: 'curl', debian: 'curl' },
  ssh: { openwrt: 'openssh-client', debian: 'openssh-client' },
  socat: { openwrt: 'socat', debian: 'socat' },
  sqlite3: { openwrt: 'sqlite3-cli', debian: 'sqlite3' },
  arping: { openwrt: 'iputils-arping', debian: 'iputils-arping' },
};

/** Parts of the kernel: on Debian, the packages of its kernels have them. */
const MODULES = {
  cake: { openwrt: 'kmod-sched-cake', linux: 'sch_cake' },
  ifb: { openwrt: 'kmod-ifb', linux: 'ifb' },
};

/** How to get the full iproute2, where nothing is known of the system. */
export const INSTALL_IP = [...installOnOpenwrt('ip'), ...installOnDebian('ip')];

/** What is said where there is no configuration. */
export const EXAMPLE = [
  'the smallest one that works:',
  "  config settings 'settings'",
  "          option enabled '1'",
  "  config interface 'wan'",
  "          option device 'eth1'",
  "          option metric '10'",
  "          list ping_target '1.1.1.1'",
  "          list ping_target '8.8.8.8'",
  '  (and a second interface like it)',
];

/** Lines to paste at the prompt of OpenWrt that cure something. */
export function openwrtWords(cure: Cure): string[] {
  if ('install' in cure) return installOnOpenwrt(cure.install);
  if ('network' in cure) return [`${uci('network', cure.network)}; uci commit network; ubus call network reload`];
  if ('section' in cure) {
    const section = cure.section === 'settings' ? 'settings' : `@interface[${cure.section}]`;
    const settings = cure.set.map(([option, value]): Setting => [`${section}.${option}`, value]);
    return [`${uci('mini-mwan', settings)}; uci commit mini-mwan`];
  }
  if ('offload' in cure) {
    const option = cure.offload === 'all' ? 'flow_offloading' : 'flow_offloading_hw';
    return [`uci set firewall.@defaults[0].${option}='0'; uci commit firewall; /etc/init.d/firewall restart`];
  }
  const { routeTo, by } = cure;
  if (by.interface === undefined) return linuxWords(cure);
  const kind = isIPv4(routeTo) ? 'route' : 'route6';
  return [
    `uci add network ${kind}`,
    `uci set network.@${kind}[-1].interface=${by.interface}; uci set network.@${kind}[-1].target=${routeTo}`,
    `uci set network.@${kind}[-1].gateway=${by.gateway}; uci commit network; /etc/init.d/network reload`,
  ];
}

/** The same for a Linux without netifd and uci. */
export function linuxWords(cure: Cure): string[] {
  if ('install' in cure) return installOnDebian(cure.install);
  if ('section' in cure) return cure.set.map((setting) => inSection(cure.section, setting));
  if ('routeTo' in cure) {
    const ip = isIPv4(cure.routeTo) ? 'ip' : 'ip -6';
    return [`${ip} route add ${cure.routeTo} via ${cure.by.gateway} dev ${cure.by.device}`];
  }
  // Nobody but netifd and OpenWrt's firewall is configured by that.
  return [];
}

/** The same for IPFire, which has all programs that are needed. */
export function ipfireWords(cure: Cure): string[] {
  if ('install' in cure) return [`'${cure.install}' is a part of IPFire: install the core update again`];
  if ('section' in cure)
    return cure.set.map(([option, value]) => `in /var/ipfire/mwan/settings: ${option}=${value ?? ''}`);
  return [];
}

function uci(file: string, settings: Setting[]): string {
  return settings
    .map(([option, value]) =>
      value === undefined ? `uci delete ${file}.${option}` : `uci set ${file}.${option}=${value}`,
    )
    .join('; ');
}

function inSection(section: 'settings' | number, [option, value]: Setting): string {
  const where = section === 'settings' ? 'the section settings' : `the interface section number ${section + 1}`;
  return value === undefined ? `in ${where}: without option ${option}` : `in ${where}: option ${option} '${value}'`;
}

type Installable = keyof typeof PACKAGES | keyof typeof MODULES;

function installOnOpenwrt(program: Installable): string[] {
  const { openwrt } = { ...PACKAGES, ...MODULES }[program];
  return openwrt === undefined
    ? [`it belongs to BusyBox; see: busybox ${program}`]
    : [`on OpenWrt 24.10: opkg update && opkg install ${openwrt}; on 25.12: apk add ${openwrt}`];
}

function installOnDebian(program: Installable): string[] {
  if (program === 'cake' || program === 'ifb') {
    const { linux } = MODULES[program];
    return [`it belongs to the kernel; is it there? modprobe ${linux}`];
  }
  return [`on Debian: apt-get install ${PACKAGES[program].debian}`];
}
