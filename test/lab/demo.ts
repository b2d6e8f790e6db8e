/** The main job, for real, in a throw-away lab: two ISPs, a LAN client, and what mini-mwan does when the first ISP dies. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from './lab.js';
import { whatIsMissing } from './namespaces.js';

/** s between two rounds: the shortest that may be configured. */
const INTERVAL = 2;

const say = (text: string) => console.log(`\n\x1b[1m== ${text}\x1b[0m`);

/** What did not come as it should. */
const failures: string[] = [];

async function show(lab: Lab, command: string): Promise<void> {
  console.log(`# mini-mwan ${command}`);
  const { stdout, stderr, exitCode } = await lab.mwan(command);
  for (const text of [stderr, stdout]) if (text !== '') console.log(text);
  if (exitCode !== 0) failures.push(`mini-mwan ${command}: exit ${exitCode}`);
}

/** Pings twice, and says over which ISP the packets go. @param isp the one that they should go over; undefined: none */
async function ping(lab: Lab, isp: number | undefined): Promise<void> {
  for (let i = 0; i < 2; i++) {
    const [answered, device] = [await lab.reaches(), await lab.exit()];
    console.log(`LAN client: ping 1.1.1.1 ${answered ? 'answered' : 'LOST'}, by ISP ${device.slice(-1)}`);
    if (answered !== (isp !== undefined)) failures.push(`a ping that should${answered ? ' not' : ''} be answered`);
    else if (isp !== undefined && device !== `eth${isp}`) failures.push(`a ping by ${device}, not by ISP ${isp}`);
    if (answered) await sleep(300);
  }
}

async function demo(): Promise<void> {
  const missing = whatIsMissing();
  if (missing !== undefined) throw new Error(`${missing}\nto install what it needs, as root: npm run setup`);
  say('building a lab: a router, a LAN client, two ISPs, an Internet');
  const lab = await Lab.create();
  process.once('SIGINT', () => process.exit(130));
  await lab.configureAll({}, { check_interval: INTERVAL });
  const before = await lab.routes();
  await ping(lab, 1);

  say('the first round');
  await show(lab, 'check --verbose');
  await ping(lab, 1);

  say('ISP 1 goes silent: its gateway answers, the Internet behind it does not');
  await lab.silence(1);
  await ping(lab, undefined);
  console.log('one round, which takes 5 s to be sure of the silence:');
  await show(lab, 'check --verbose');
  await ping(lab, 2);
  await show(lab, 'status');

  say('ISP 1 is healed; three good rounds, check_interval apart, until it may carry traffic again');
  await lab.heal(1);
  for (let i = 0; i < 3; i++) {
    if (i > 0) await sleep(INTERVAL * 1000);
    await show(lab, 'check --verbose');
  }
  await ping(lab, 1);
  await show(lab, 'status');

  say('removing every trace');
  await show(lab, 'restore');
  const same = before.join() === (await lab.routes()).join();
  console.log(`the routes are ${same ? 'as they were before the first round' : 'NOT as they were'}`);
  lab.remove();
  if (!same) failures.push('the routes were not put back');
  for (const failure of failures) console.error(`demo: ${failure}`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

await demo().catch((error: Error) => {
  console.error(`demo: ${error.message}`);
  process.exitCode = 1;
});
