import tap from 'tap';
import type { Shaper } from '../../lib/model.js';
import { devicesOf, ifbOf, sqmIfbOf } from '../../lib/shape/devices.js';
import { makePath } from '../make.js';

const BOTH = { up: {}, down: {} };

tap.test('devices of a shaper', async (t) => {
  const cases: [string, Partial<Shaper>, string | undefined, string[], { up?: string; down?: string }][] = [
    ['the WAN’s', { rates: { up: {} } }, 'eth1', ['eth1'], { up: 'eth1' }],
    ['one of its own', { rates: { up: {} }, device: 'eth1.7' }, 'eth1', ['eth1'], { up: 'eth1.7' }],
    ['ours for what comes', { rates: BOTH, ingress: { ours: true } }, 'eth1', [], { up: 'eth1', down: 'mwan-eth1' }],
    ['only what comes', { rates: { down: {} }, ingress: { ours: true } }, 'eth1', [], { down: 'mwan-eth1' }],
    ['of sqm', { rates: BOTH, ingress: { ours: true } }, 'eth1', ['ifb4eth1'], { up: 'eth1', down: 'ifb4eth1' }],
    [
      'that of sqm came later',
      { rates: BOTH, ingress: { ours: true } },
      'eth1',
      ['ifb4eth1', 'mwan-eth1'],
      { up: 'eth1', down: 'ifb4eth1' },
    ],
    ['named', { rates: BOTH, ingress: { device: 'br-lan' } }, 'eth1', [], { up: 'eth1', down: 'br-lan' }],
    ['named, the line is away', { rates: BOTH, ingress: { device: 'br-lan' } }, undefined, [], { down: 'br-lan' }],
    ['the line is away', { rates: BOTH, ingress: { ours: true } }, undefined, ['ifb4eth1'], {}],
    ['not said where', { rates: BOTH }, 'eth1', [], { up: 'eth1' }],
  ];
  for (const [name, part, device, links, expected] of cases) {
    const words = { up: [], down: [] };
    const shaper: Shaper = { name: 's', wan: 'wan1', reflectors: [], rates: {}, words, ...part };
    const { device: _, ...path } = makePath(1, 10);
    const paths = [{ ...path, ...(device === undefined ? {} : { device }) }];
    t.strictSame(
      devicesOf(
        shaper,
        paths,
        links.map((device) => ({ device })),
      ),
      expected,
      name,
    );
  }
  const { words: _, ...existing }: Shaper = {
    name: 's',
    wan: 'wan1',
    reflectors: [],
    rates: BOTH,
    ingress: { ours: true },
    words: { up: [], down: [] },
  };
  t.strictSame(devicesOf(existing, [makePath(1, 10)], []), { up: 'eth1', down: 'ifb4eth1' }, 'what is there already');
  t.strictSame(devicesOf({ name: 's', wan: 'gone', reflectors: [], rates: BOTH }, [], []), {}, 'no such WAN');
});

tap.test('names that the kernel takes, another for each device', async (t) => {
  const devices = [
    'e',
    'pppoe-wan',
    'wireguard-12345',
    'wireguard-22345',
    'wireguard-12346',
    'a'.repeat(15),
    'b'.repeat(15),
  ];
  const names = [...devices.map(ifbOf), ...devices.map(sqmIfbOf)];
  for (const name of names) t.match(name, /^[a-z0-9-]{1,15}$/);
  t.equal(new Set(devices.map(ifbOf)).size, devices.length);
});
