import tap from 'tap';
import { withoutLoops6 } from '../../../lib/actuators/six/loops.js';
import type { Route, Rule } from '../../../lib/model.js';
import { makeLink, makePath, makeRoute } from '../../make.js';

const six = { family: 6 } as const;
const line = makePath(1, 10, { gateway: 'fe80::1' }, six);
const { gateway: _, ...device } = makePath(2, 20, { pointToPoint: true }, six);
const tunnelTo = (server: string, more: object = {}) => ({ ...device, link: makeLink('eth2', { server, ...more }) });
const tunnel = tunnelTo('2606:4700::9');
const seen = (routes: Route[] = [], rules: Rule[] = []) => ({ six: { addresses: [], routes, rules, translation: {} } });
const from = (text: string): Route => ({ ...makeRoute(text), from: '2001:db8:100::/56' });

tap.test('a tunnel goes by a route of its own', async (t) => {
  const CASES: [words: string, route: Route | undefined, isUsed: boolean][] = [
    ['none', undefined, false],
    ['to the server', makeRoute('2606:4700::9 via fe80::1 dev eth1'), true],
    ['to its network', makeRoute('2606:4700::/32 via fe80::1 dev eth1'), true],
    ['to another', makeRoute('2606:4701::/32 via fe80::1 dev eth1'), false],
    ['through itself', makeRoute('2606:4700::/32 dev eth2'), false],
    ['of ours', makeRoute('2606:4700::/32 via fe80::1 dev eth1 proto 77'), false],
    ['that leads nowhere', makeRoute('2606:4700::/32 dev lo type unreachable'), false],
    ['the default', makeRoute('default via fe80::1 dev eth1'), false],
    ['as long as ours', makeRoute('::/1 via fe80::1 dev eth1'), false],
    ['for some sources', from('2606:4700::/32 via fe80::1 dev eth1'), false],
    ['that is no prefix', makeRoute('2606:x::/32 via fe80::1 dev eth1'), false],
  ];
  for (const [words, route, isUsed] of CASES) {
    const [first, second] = withoutLoops6([line, tunnel], seen(route ? [route] : []));
    t.strictSame(first, line);
    t.match(second, isUsed ? { wan: { enabled: true } } : { wan: { enabled: false }, loop: true }, words);
  }
});

tap.test('whose server is of IPv4, is unknown, or has a table of its own, stays', async (t) => {
  const rule = { protocol: 'static', main: false, conditional: true } as unknown as Rule;
  const wireguard = tunnelTo('2606:4700::9', { opaque: true });
  const isUsed = (path: typeof line, rules: Rule[] = []) => withoutLoops6([path], seen([], rules))[0]?.wan.enabled;
  for (const server of ['8.8.4.4', 'ff:ff:ff:ff:ff:ff']) t.ok(isUsed(tunnelTo(server)), server);
  t.ok(isUsed(line), 'no tunnel');
  t.ok(isUsed(wireguard, [rule]), 'packets with a mark');
  t.notOk(isUsed(wireguard));
  t.notOk(isUsed(tunnel, [rule]), 'the kernel marks none');
  const off = { ...tunnel, wan: { ...tunnel.wan, enabled: false } };
  t.strictSame(withoutLoops6([off], seen()), [off]);
  t.strictSame(withoutLoops6([tunnel], {}), [tunnel], 'and all where nothing of IPv6 was seen');
});
