import tap from 'tap';
import { examineRuleset } from '../../lib/doctor/ipv6-rules.js';

/** As `nft list ruleset` prints it. @param chains name and rules of each */
const table = (name: string, chains: Record<string, string[]>) =>
  [
    `table ${name} {`,
    ...Object.entries(chains).flatMap(([chain, rules]) => [
      `\tchain ${chain} {`,
      ...rules.map((rule) => `\t\t${rule}`),
      '\t}',
    ]),
    '}',
    '',
  ].join('\n');
const said = (ruleset: string) =>
  examineRuleset(ruleset, ['eth1', 'eth2']).map(({ text, remedy }) => `${text}\n${remedy?.[0]}`);
const NAT = 'type nat hook postrouting priority srcnat; policy accept;';
const fw4 = (jump: string, rule: string) => table('inet fw4', { srcnat: [NAT, jump], srcnat_wan: [rule] });

tap.test('sources that somebody else translates', async (t) => {
  const CASES: [ruleset: string, said: RegExp | undefined][] = [
    ['', undefined],
    [table('ip6 nat', { post: [NAT, 'masquerade'] }), /table ip6 nat, chain post.*\n.*nft -a list chain ip6 nat post/],
    [table('ip6 nat', { post: [NAT, 'oifname "eth1" counter packets 0 bytes 0 snat to 2001:db8::1'] }), /chain post/],
    [table('ip6 nat', { post: [NAT, 'oifname { "tun0", "eth2" } masquerade'] }), /chain post/],
    [table('ip6 nat', { post: [NAT, 'oifname "tun0" masquerade'] }), undefined],
    [table('ip nat', { post: [NAT, 'masquerade'] }), undefined],
    [table('ip6 mini_mwan', { sources: [NAT, 'oifname "eth1" masquerade'] }), undefined],
    [fw4('oifname "eth1" jump srcnat_wan', 'meta nfproto ipv6 masquerade'), /inet fw4.*\n.*masq6/],
    [fw4('oifname "tun0" jump srcnat_wan', 'meta nfproto ipv6 masquerade'), undefined],
    [fw4('oifname "eth1" jump srcnat_wan', 'meta nfproto ipv4 masquerade'), undefined],
    [fw4('oifname "eth1" jump srcnat_wan', 'ip saddr 10.0.0.0/8 masquerade'), undefined],
    [fw4('oifname "eth1" jump srcnat_wan', 'snat ip to 192.0.2.1'), undefined],
    [fw4('oifname "eth1" jump srcnat_wan', 'counter comment "no rule of this kind"'), undefined],
    // As ip6tables writes it, where nft does not know its words.
    [
      table('ip6 nat', { POSTROUTING: [NAT, 'oifname "eth1" counter packets 0 bytes 0 xt target "MASQUERADE"'] }),
      /POSTROUTING/,
    ],
  ];
  for (const [ruleset, expected] of CASES) {
    t.equal(said(ruleset).length, expected ? 1 : 0, ruleset);
    if (expected) t.match(said(ruleset)[0], expected);
  }
});

tap.test('flow offload', async (t) => {
  const HEAD = 'type filter hook forward priority filter; policy drop;';
  const FLOWS = 'meta l4proto { tcp, udp } flow add @ft';
  // As OpenWrt's firewall has it with flow_offloading '1'.
  const FLOWTABLE =
    'table inet fw4 {\n\tflowtable ft {\n\t\thook ingress priority filter\n\t\tdevices = { eth0, eth1 }\n\t\tcounter\n\t}\n}\n';
  const OTHER = ['icmpv6 type packet-too-big accept', 'counter comment "!fw4: no flow of it"'];
  const CASES: [ruleset: string, said: RegExp | undefined][] = [
    [
      FLOWTABLE + table('inet fw4', { forward: [HEAD, FLOWS, ...OTHER] }),
      /inet fw4, chain forward.*\n.*"offload":"all"/,
    ],
    [table('inet own', { forward: [HEAD, FLOWS, ...OTHER] }), /inet own.*\n.*nft -a list chain inet own forward/],
    [table('ip6 own', { forward: [HEAD, 'ip6 nexthdr tcp flow offload @ft', ...OTHER] }), /ip6 own/],
    [table('inet fw4', { forward: [HEAD, `meta nfproto ipv4 ${FLOWS}`, ...OTHER] }), undefined],
    [table('ip own', { forward: [HEAD, FLOWS] }), undefined],
    [FLOWTABLE + table('inet fw4', { forward: [HEAD, ...OTHER] }), undefined],
  ];
  for (const [ruleset, expected] of CASES) {
    const found = examineRuleset(ruleset, ['eth1', 'eth2']);
    t.equal(found.length, expected ? 1 : 0, ruleset);
    if (expected) t.match(`${found[0]?.text}\n${JSON.stringify(found[0]?.remedy)}`, expected);
  }
});

tap.test('ICMPv6 that is dropped', async (t) => {
  const head = (hook: string, policy = 'drop') => `type filter hook ${hook} priority filter; policy ${policy};`;
  const known = 'ct state established,related accept';
  const nd = 'icmpv6 type { nd-neighbor-solicit, packet-too-big } accept';
  const CASES: [rules: string[], isSaid: boolean][] = [
    [[head('forward', 'accept'), 'icmpv6 type packet-too-big drop'], true],
    [[head('forward', 'accept'), 'meta l4proto ipv6-icmp counter packets 1 bytes 2 drop'], true],
    [[head('forward', 'accept'), 'icmpv6 type echo-request limit rate over 5/second drop'], false],
    [[head('input'), known], true],
    [[head('input'), known, nd], false],
    [[head('input', 'accept')], false],
    [[head('forward'), 'iifname "lan" accept'], true],
    [[head('forward'), known], false],
    [[head('forward'), 'ct state vmap { established : accept, related : accept }'], false],
    [[head('output')], false],
  ];
  for (const [rules, isSaid] of CASES) {
    const found = said(table('inet fw', { chain: rules }));
    t.equal(found.length, isSaid ? 1 : 0, rules.join('; '));
    if (isSaid) t.match(found[0], /nft drops ICMPv6 \(table inet fw, chain chain\)/);
  }
  t.strictSame(said(table('ip fw', { input: [head('input')] })), [], 'it is for IPv4');
});
