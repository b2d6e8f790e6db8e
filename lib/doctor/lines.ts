import type { Config, Path, Problem } from '../model.js';

/** What is wrong with the lines of an IPFire as they are now. That none is named has been said by whoever read the settings. */
export function examineLines(config: Config, paths: Path[]): Problem[] {
  if (!config.enabled) return [{ text: 'disabled', remedy: ['mini-mwan enable'] }];
  if (!config.wans.some(({ enabled }) => enabled)) return [{ text: 'no line is left that can be used', fatal: true }];
  return paths.flatMap((path): Problem[] => {
    const { wan, gateway, pointToPoint } = path;
    if (!wan.enabled) return [];
    const [text, remedy] = whyNot(path) ?? (gateway === undefined && !pointToPoint ? noGateway(path) : []);
    return text === undefined ? [] : [{ option: `line '${wan.name}'`, text, ...(remedy ? { remedy: [remedy] } : {}) }];
  });
}

function whyNot({ wan, device, link }: Path): [text: string, remedy: string] | undefined {
  if (device === undefined) return ['it holds RED, which is not up', 'mini-mwan status'];
  if (!link) return [`there is no device ${device} at the moment`, 'ip link show'];
  if (link.state === 'no_carrier') return [`${device} has no carrier`, `ip link show dev ${device}`];
  // A round sets up what it tests.
  return link.state === 'down' ? [`${device} is down`, `mini-mwan profile test ${wan.name}`] : undefined;
}

function noGateway({ wan }: Path): [text: string, remedy: string] {
  return ['no gateway is known of it yet', `mini-mwan profile test ${wan.name}`];
}
