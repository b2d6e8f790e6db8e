import tap from 'tap';
import type { Config, Path } from '../../lib/model.js';
import { fingerprint } from '../../lib/state/fingerprint.js';
import { makeConfig, makeLink, makePath } from '../make.js';

const paths = (): [Path, Path] => [makePath(1, 10), makePath(2, 20)];
const config = (more: Partial<Config> = {}) => ({
  ...makeConfig(paths().map(({ wan }) => wan)),
  checkInterval: 300,
  ...more,
});

tap.test('all that can change between two rounds without an event makes another word', async (t) => {
  const before = fingerprint(config(), paths()) ?? '';
  t.match(before, /^[0-9a-f]{8}$/);
  t.equal(fingerprint(config(), paths()), before);
  const [first, second] = paths();
  const { gateway: _, ...noGateway } = first;
  const { link: __, ...noLink } = first;
  const { device: ___, ...noDevice } = first;
  const OTHERS: [what: string, first: Path, more?: Partial<Config>][] = [
    ['gateway', { ...first, gateway: '10.0.1.254' }],
    ['no gateway', noGateway],
    ['carrier', { ...first, link: makeLink('eth1', { state: 'no_carrier' }) }],
    ['no link', noLink],
    ['address', { ...first, link: makeLink('eth1', { addresses: [{ address: '10.0.1.5', prefix: 24 }] }) }],
    ['prefix', { ...first, link: makeLink('eth1', { addresses: [{ address: '10.0.1.2', prefix: 25 }] }) }],
    ['device', { ...first, device: 'eth9' }],
    ['no device', noDevice],
    ['point-to-point', { ...first, pointToPoint: true }],
    ['onlink', { ...first, onlink: true }],
    ['a twin', { ...first, wan: { ...first.wan, enabled: false } }],
    ['mode', first, { mode: 'multiuplink' }],
    ['metric', first, { wans: [{ ...first.wan, metric: 30 }, second.wan] }],
    ['target', first, { wans: [{ ...first.wan, targets: ['9.9.9.9'] }, second.wan] }],
    ['interval', first, { checkInterval: 299 }],
  ];
  const words = OTHERS.map(([, line, more]) => fingerprint(config(more), [line, second]) ?? '');
  for (const [i, [what]] of OTHERS.entries()) t.not(words[i], before, what);
  t.equal(new Set(words).size, OTHERS.length, 'and each another one');
});

tap.test('what always changes makes none', async (t) => {
  const [first, second] = paths();
  const busy = { ...first, link: { ...makeLink('eth1'), rxBytes: 5, txBytes: 7 }, systemMetric: 5 };
  t.equal(fingerprint(config(), [busy, second]), fingerprint(config(), [first, second]));
});

tap.test('where a round comes within a minute, nobody compares', async (t) => {
  t.strictSame(
    [2, 60, 61].map((checkInterval) => fingerprint(config({ checkInterval }), paths()) === undefined),
    [true, true, false],
  );
});
