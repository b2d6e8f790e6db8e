import type { Path, Problem } from '../model.js';

/** What netifd is to start again, and does not know. @param paths of all WANs */
export function examineRestarts(paths: Path[], hasNetifd: boolean): Problem[] {
  return paths.flatMap(({ wan, interface: owner, device, link }): Problem[] => {
    if (!wan.enabled || !wan.restart || wan.restart.program !== undefined || owner !== undefined) return [];
    // Of a device that is gone, only the state still knows whose it is.
    if (hasNetifd && (wan.interface !== undefined || !link)) return [];
    const why = hasNetifd ? `netifd has no interface of ${device}` : 'there is no netifd';
    const text = `option restart_after does nothing: ${why}`;
    return [
      { option: `interface '${wan.name}'`, text, remedy: ['option restart_program names what is started instead'] },
    ];
  });
}
