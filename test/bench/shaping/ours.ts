import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../lab/namespaces.js';
import { control } from './group.js';
import { REFLECTORS } from './network.js';
import { boundsOf, IDLE, type Scenario } from './scenarios.js';

const CONFIG = '/run/mini-mwan.conf';
const STATE = '/run/mini-mwan.status';
/** ms from the load to the round that sees it; and kbit/s that are one. */
const [SEEN, LOAD] = [1000, 1000];
const MINUTE = 60_000;

/** Whether our configuration has a shaper, and that its bounds. */
type Shaped = 'no' | 'bare' | 'bounded';

/**
 * mini-mwan: rounds make the queues; then what a round starts is started as it does. Rounds themselves are left out where there is
 * a load: to start a program takes this kernel fifty times as long as the machine below, and each would take the line's packets
 * their time. Where there is none, a round comes each minute, as cron has it.
 */
export async function startOurs(router: Host, scenario: Scenario, shaped: Shaped, program: string[]): Promise<void> {
  writeFileSync(CONFIG, `${configuration(scenario, shaped)}\n`);
  const check = () => control(router, [...program, 'check', '--config', CONFIG, '--state', STATE]);
  const words = ['--config', CONFIG, '--state', STATE, '--verbose', '--seconds', '55'];
  const burst = () => control(router, [...program, 'shape', ...words]);
  for (let i = 0; i < 2; i++) await check();
  // It gets to know the idle line, as the end of each burst does.
  if (shaped !== 'no') await burst();
  const rounds = async () => {
    for (;;) {
      await sleep(MINUTE);
      await check();
    }
  };
  const bursts = async () => {
    await sleep(1000 * IDLE + SEEN);
    // What no round takes for a load starts nothing.
    while (scenario.loads.some(({ rate = LOAD }) => rate >= LOAD)) await burst();
  };
  if (scenario.loads.length === 0) rounds();
  else if (shaped !== 'no') bursts();
}

function configuration(scenario: Scenario, shaped: Shaped): string {
  const rates = scenario.steered.flatMap((direction) => {
    const bounds = shaped === 'bounded' ? Object.entries(boundsOf(scenario.line[direction])) : [];
    const name = direction === 'up' ? 'upload' : 'download';
    return bounds.map(([bound, rate]) => `\toption ${name}_${bound} '${rate}'`);
  });
  const shaper = [
    "\nconfig shaper 'wan_shaper'\n\toption interface 'wan'",
    ...REFLECTORS.map((address) => `\tlist reflector '${address}'`),
    ...(scenario.steered.includes('down') ? ["\toption ifb '1'"] : []),
    ...rates,
  ];
  return [
    "config settings 'settings'\n\toption enabled '1'\n\toption check_interval '60'\n",
    "config interface 'wan'\n\toption device 'a0'",
    ...REFLECTORS.slice(0, 2).map((address) => `\tlist ping_target '${address}'`),
    ...(shaped === 'no' ? [] : shaper),
  ].join('\n');
}
