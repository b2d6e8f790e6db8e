import tap from 'tap';
import { hasSourceOfItsOwn, shareAttributes } from '../../../lib/actuators/routes/attributes.js';
import { makeLink, makePath } from '../../make.js';

tap.test('what several ways can say together', async (t) => {
  t.strictSame(shareAttributes([]), {});
  t.strictSame(shareAttributes([{ src: '10.0.0.1', mtu: '1400' }]), { src: '10.0.0.1', mtu: '1400' });
  t.strictSame(
    shareAttributes([
      { src: '10.0.0.1', hoplimit: '64' },
      { src: '10.0.0.2', hoplimit: '64' },
    ]),
    { hoplimit: '64' },
  );
  t.strictSame(shareAttributes([{ mtu: '900', advmss: '860' }, { mtu: '1400' }, {}]), { mtu: '900', advmss: '860' });
});

tap.test('a source that the kernel would not take by itself', async (t) => {
  const addresses = [
    { address: '203.0.113.5', prefix: 32 },
    { address: '10.0.1.2', prefix: 24 },
    { address: '10.0.1.3', prefix: 24 },
  ];
  const path = makePath(1, 10, { link: makeLink('eth1', { addresses }) });
  const { gateway: _, ...tunnel } = path;
  t.notOk(hasSourceOfItsOwn(path), 'none is said');
  t.notOk(hasSourceOfItsOwn({ ...path, attributes: { src: '10.0.1.2' } }), 'the first in the subnet of the gateway');
  t.ok(hasSourceOfItsOwn({ ...path, attributes: { src: '10.0.1.3' } }));
  t.ok(hasSourceOfItsOwn({ ...path, attributes: { src: '203.0.113.5' } }));
  t.notOk(hasSourceOfItsOwn({ ...tunnel, attributes: { src: '203.0.113.5' } }), 'the first of all');
});
