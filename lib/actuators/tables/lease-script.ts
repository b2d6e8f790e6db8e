/** What dhcpcd runs in place of its hooks. */
export const LEASE_SCRIPT = '/usr/lib/mini-mwan/lease';
