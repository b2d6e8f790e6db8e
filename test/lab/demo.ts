/** The main job, for real, in a throw-away lab: two ISPs, a LAN client, and what mini-mwan does when the first ISP dies. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from './lab.js';
import { whatIsMissing } from './namespaces.js';

const say = (text: string) => console.log(`\n\x1b[1m== ${text}\x1b[0m`);

async function show(lab: Lab, command: string): Promise<void> {
  console.log(`# mini-mwan ${command}`);
  const { stdout, stderr } = await lab.mwan(command);
  for (const text of [stderr, stdout]) if (text !== '') console.log(text);
}

/** Pings once a second, and says over which ISP the packets go. */
async function ping(lab: Lab, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    const [answered, device] = [await lab.reaches(), await lab.exit()];
    console.log(`LAN client: ping 1.1.1.1 ${answered ? 'answered' : 'LOST'}, by ISP ${device.slice(-1)}`);
    if (answered) await sleep(300);
  }
}

async function demo(): Promise<void> {
  const missing = whatIsMissing();
  if (missing !== undefined) throw new Error(`${missing}\nto install what it needs, as root: npm run setup`);
  say('building a lab: a router, a LAN client, two ISPs, an Internet');
  const lab = await Lab.create();
  process.once('SIGINT', () => process.exit(130));
  await lab.configureAll();
  const before = await lab.routes();
  await ping(lab, 1);

  say('the first round');
  await show(lab, 'check --verbose');
  await ping(lab, 2);

  say('ISP 1 goes silent: its gateway answers, the Internet behind it does not');
  await lab.silence(1);
  await ping(lab, 2);
  console.log('one round, which takes 5 s to be sure of the silence:');
  await show(lab, 'check --verbose');
  await ping(lab, 2);
  await show(lab, 'status');

  say('ISP 1 is healed; three good rounds until it may carry traffic again');
  await lab.heal(1);
  for (let i = 0; i < 3; i++) await show(lab, 'check --verbose');
  await ping(lab, 2);
  await show(lab, 'status');

  say('removing every trace');
  await show(lab, 'restore');
  const same = before.join() === (await lab.routes()).join();
  console.log(`the routes are ${same ? 'as they were before the first round' : 'NOT as they were'}`);
  lab.remove();
  if (!same) process.exitCode = 1;
}

await demo().catch((error: Error) => {
  console.error(`demo: ${error.message}`);
  process.exitCode = 1;
});
