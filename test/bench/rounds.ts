import { IpfireLab } from '../lab/ipfire/machine.js';
import { started } from '../lab/started.js';
import { settledLab } from './settled.js';

/** What a healthy round starts, and whether anybody in the LAN notices one. */
export async function rounds(): Promise<void> {
  const lab = await settledLab(60);
  const names = await started((script) => lab.system(script), `${lab.program.join(' ')} check`);
  console.log(`\nA healthy round starts: ${names.join(', ')}.`);
  const traffic = lab.traffic(0.002);
  for (let i = 0; i < 20; i++) await lab.system('mini-mwan check');
  const { sent, lost } = await traffic.stop();
  console.log(`A LAN client lost ${lost} of ${sent} packets during 20 healthy rounds.`);
  lab.remove();
  await roundOnIpfire();
}

/** The same on IPFire, with a backup that stands by. */
async function roundOnIpfire(): Promise<void> {
  const machine = await IpfireLab.create();
  for (let i = 0; i < 3; i++) await machine.mwan('check');
  const names = await started((script) => machine.sh(script), `${machine.lab.program.join(' ')} check`);
  console.log(`A healthy round on IPFire starts: ${names.join(', ')}.`);
  machine.remove();
}
