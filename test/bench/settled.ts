import { Lab, TARGETS } from '../lab/lab.js';

/**
 * A lab whose two WANs have been well for some rounds.
 *
 * @param interval check_interval in s
 */
export async function settledLab(
  interval: number,
  options: { filters?: boolean; program?: string[] } = {},
): Promise<Lab> {
  const lab = await Lab.create([{}, {}], options);
  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS });
  await lab.configure({ wan1: wan(1), wan2: wan(2) }, { check_interval: interval });
  await lab.system('mini-mwan check; mini-mwan check; mini-mwan check');
  return lab;
}
