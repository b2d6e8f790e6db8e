import { Lab, TARGETS } from '../lab/lab.js';

/**
 * A lab whose two WANs have been well for some rounds, the last of them one as cron's helper starts it, which leaves what V8 made
 * of the program.
 *
 * @param interval check_interval in s
 */
export async function settledLab(interval: number, { filters = true } = {}): Promise<Lab> {
  const lab = await Lab.create([{}, {}], { filters });
  const wan = (i: number) => ({ device: `eth${i}`, metric: 10 * i, ping_target: TARGETS });
  await lab.configure({ wan1: wan(1), wan2: wan(2) }, { check_interval: interval });
  await lab.system('mini-mwan check; mini-mwan check; mini-mwan check; mini-mwan check --early </dev/null');
  return lab;
}
