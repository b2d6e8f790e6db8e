/** IPFire's own files (2.29, core update 199), and ours among them. */

export const IPFIRE = '/var/ipfire';
export const ETHERNET = `${IPFIRE}/ethernet/settings`;
/** The dial profile in use; `-1` to `-5` behind it are those to choose from. */
export const PPP = `${IPFIRE}/ppp/settings`;
export const SECRETS = `${IPFIRE}/ppp/secrets`;
export const RED = `${IPFIRE}/red`;
/** Its provider's name servers: the first, and the others. */
export const DNS = ['/var/run/dns1', '/var/run/dns2'] as const;
/** Where the gateway of RED has the name `gateway`. */
export const HOSTS = '/etc/hosts';
/** Folder of the leases that its DHCP clients have. */
export const LEASES = `${IPFIRE}/dhcpc`;

export const MWAN = `${IPFIRE}/mwan`;
export const SETTINGS = `${MWAN}/settings`;
/** Its presence turns everything on. */
export const ENABLED = `${MWAN}/enabled`;
export const PROFILES = `${MWAN}/profiles`;
export const STATE = `${MWAN}/state`;
/** See Role. */
export const ROLE = `${STATE}/red`;
/** ppp/settings as it was, where it was no link to a dial profile. */
export const KEPT_PPP = `${STATE}/ppp-settings`;
export const KEPT_SECRETS = `${STATE}/ppp-secrets`;
/** RED's settings of a primary that the operator has set up anew while a backup had RED. */
export const FORMER = `${MWAN}/red.before`;

export const NETWORK = '/etc/rc.d/init.d/network';
/** Programs that run when RED is up. */
export const HOOKS = '/etc/rc.d/init.d/networking/red.up';

/** Numbers of IPFire's dial profiles. */
export const DIALS = [1, 2, 3, 4, 5];
