import fc from 'fast-check';

/** Files as IPFire writes them: GREEN, ORANGE and a STATIC RED. */

export const ETHERNET = `CONFIG_TYPE=2
GREEN_DEV=green0
GREEN_MACADDR=02:00:00:00:00:10
GREEN_DESCRIPTION='"pci: Realtek"'
GREEN_DRIVER=r8169
GREEN_ADDRESS=192.168.1.1
GREEN_NETMASK=255.255.255.0
GREEN_NETADDRESS=192.168.1.0
ORANGE_DEV=orange0
BLUE_DEV=blue0
RED_DEV=red0
RED_MACADDR=02:00:00:00:00:00
RED_DESCRIPTION='"pci: Intel (rev 01)"'
RED_DRIVER=igb
RED_MTU=1480
RED_TYPE=STATIC
RED_ADDRESS=192.0.2.10
RED_NETMASK=255.255.255.0
RED_NETADDRESS=192.0.2.0
DEFAULT_GATEWAY=192.0.2.1
INTF1_DEV=red1
INTF1_MACADDR=02:00:00:00:00:01
`;

export const PPP = `TYPE=pppoe
PROFILE=2
PROFILENAME='my provider'
USERNAME=me@provider
PASSWORD=topsecret
AUTH=pap-or-chap
MAXRETRIES=5
BACKUPPROFILE=3
`;

/** Characters that mean something to a reader, a screen or an engine, and any of ASCII. fast-check's own `binary` takes seconds. */
export const CHARACTER = fc.oneof(
  fc.nat(127).map((code) => String.fromCharCode(code)),
  fc.constantFrom(...'é☃😀\u0085\u2028\ufeff\u00a0\u202e\ud800', ...'\'"\\=# \t$`;\0\r\n'),
);
