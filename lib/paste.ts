/** Lines to paste at the router's prompt. */

/** A line to paste that changes the network configuration and has netifd take it; a value that is undefined is removed. */
export function setNetwork(options: [option: string, value: string | number | undefined][]): string {
  const commands = options.map(([option, value]) =>
    value === undefined ? `uci delete network.${option}` : `uci set network.${option}=${value}`,
  );
  return [...commands, 'uci commit network', 'ubus call network reload'].join('; ');
}

/** One that changes the section of a WAN, by its place among them: that names anonymous sections, too. */
export function setWan(index: number, option: string, value: string | number): string {
  return `uci set mini-mwan.@interface[${index}].${option}=${value}; uci commit mini-mwan`;
}
