/**
 * Parses what `wg show all endpoints` prints: a line for each peer, of device, key and address with port.
 *
 * @returns the server by device as an address of either family, of those with one peer: of several, each carries a part
 */
export function parseServers(text: string): Map<string, string> {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const servers = new Map<string, string>();
  for (const [device = '', , endpoint = ''] of lines) {
    const [, address] = /^\[?([\da-f.:]+).*:/.exec(endpoint) ?? [];
    if (address && lines.filter(([other]) => other === device).length === 1) servers.set(device, address);
  }
  return servers;
}
