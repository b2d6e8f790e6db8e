import fc from 'fast-check';
import tap from 'tap';
import { isIPv4 } from '../../lib/address.js';
import type { Lease } from '../../lib/model.js';
import { parseLease } from '../../lib/observe/lease.js';

const file = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');

const PLAIN = { ip_address: '192.0.2.7', subnet_cidr: '24', routers: '192.0.2.1' };

tap.test('leases', async (t) => {
  const plain: Lease = { address: '192.0.2.7', prefix: 24, gateway: '192.0.2.1', dns: [] };
  const { gateway: _, ...withoutGateway } = plain;
  const CASES: [what: string, text: string, lease: Lease | undefined][] = [
    ['ours', file({ ...PLAIN, subnet_mask: '255.255.255.0', domain_name_servers: '', dhcp_lease_time: '3600' }), plain],
    [
      'IPFire’s',
      "interface='red0'\nip_address='192.0.2.7'\nsubnet_mask=255.255.255.0\nrouters='192.0.2.1'\ndhcp_lease_time=3600",
      plain,
    ],
    ['a mask alone', file({ ...PLAIN, subnet_cidr: '', subnet_mask: '255.255.252.0' }), { ...plain, prefix: 22 }],
    ['an address alone', file({ ...PLAIN, subnet_cidr: '32' }), { ...plain, prefix: 32 }],
    [
      'several of each',
      file({ ...PLAIN, routers: '192.0.2.1 192.0.2.2', domain_name_servers: '192.0.2.3 192.0.2.4' }),
      { ...plain, dns: ['192.0.2.3', '192.0.2.4'] },
    ],
    ['lines that end as on other systems', file(PLAIN).replaceAll('\n', '\r\n'), plain],
    ['no gateway', file({ ...PLAIN, routers: '' }), withoutGateway],
    ['itself for a gateway', file({ ...PLAIN, routers: '192.0.2.7' }), withoutGateway],
    ['a gateway that is none', file({ ...PLAIN, routers: '192.0.2.1;reboot' }), withoutGateway],
    ['a gateway that is none, and one', file({ ...PLAIN, routers: '0.0.0.0 192.0.2.1' }), plain],
    ['nothing', '', undefined],
    ['no address', file({ ...PLAIN, ip_address: '' }), undefined],
    ['no mask', file({ ...PLAIN, subnet_cidr: '' }), undefined],
    ['a mask with holes', file({ ...PLAIN, subnet_cidr: '', subnet_mask: '255.0.255.0' }), undefined],
    ['a mask of nothing', file({ ...PLAIN, subnet_cidr: '0', subnet_mask: '0.0.0.0' }), undefined],
    ['a mask too long', file({ ...PLAIN, subnet_cidr: '33' }), undefined],
    ...['0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255', '192.0.2', '$(reboot)', '-1', '::1'].map(
      (address): [string, string, undefined] => [address, file({ ...PLAIN, ip_address: address }), undefined],
    ),
    ['far too much', `${file(PLAIN)}${'#'.repeat(10_000)}`, undefined],
  ];
  for (const [what, text, lease] of CASES) t.strictSame(parseLease(text), lease, what);
});

tap.test('whatever a server says, what comes of it are addresses', async () => {
  const part = fc.oneof(
    fc.string(),
    fc.ipV4(),
    fc.constantFrom('ip_address=', 'subnet_cidr=24', 'routers=', '\n', ' '),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const lease = parseLease(parts.join(''));
      if (!lease) return true;
      const all = [lease.address, lease.gateway ?? '1.1.1.1', ...lease.dns];
      return all.every(isIPv4) && lease.prefix >= 1 && lease.prefix <= 32;
    }),
  );
});
