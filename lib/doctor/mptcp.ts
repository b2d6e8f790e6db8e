import type { Config, Observation, Problem } from '../model.js';

/** What the kernel says of MPTCP beside its endpoints. */
export interface Sight {
  /** /proc/sys/net/mptcp/enabled; undefined where there is no such file. */
  enabled?: string | undefined;
  /** /proc/net/netstat, with what has become of connections since the system started. */
  netstat?: string | undefined;
}

/** What keeps connections of MPTCP from using several lines; nothing where nobody asks for it. */
export function examineMptcp({ wans }: Config, { mptcp }: Pick<Observation, 'mptcp'>, sight: Sight): Problem[] {
  if (!wans.some((wan) => wan.enabled && wan.mptcp)) return [];
  if (sight.enabled === undefined) {
    const text = 'option mptcp: this kernel has no MPTCP: each connection uses one line';
    return [
      { text, remedy: ['OpenWrt has had it since 22.03, built with CONFIG_KERNEL_MPTCP; see /proc/sys/net/mptcp'] },
    ];
  }
  if (sight.enabled.trim() === '0')
    return [{ text: 'option mptcp: it is turned off in the kernel', remedy: ['sysctl -w net.mptcp.enabled=1'] }];
  // Said by each round, too.
  if (!mptcp) return [];
  const counters = countersOf(sight.netstat ?? '');
  const [asked = 0, answered = 0] = [counters.get('MPCapableSYNTX'), counters.get('MPCapableSYNACKRX')];
  if (asked === 0 || answered > 0) return [];
  const text = `option mptcp: ${asked} connections have asked for MPTCP, and no server has answered it`;
  const remedy = ['the server must speak it, and nothing on the way may strip options of TCP: nstat -az MPTcpExt*'];
  return [{ text, remedy }];
}

/** The counters of MPTCP, of which one line has the names and the next the values. */
function countersOf(netstat: string): Map<string, number> {
  const [names = [], values = []] = netstat
    .split('\n')
    .filter((line) => line.startsWith('MPTcpExt: '))
    .map((line) => line.split(' ').slice(1));
  return new Map(names.map((name, i) => [name, Number(values[i])]));
}
