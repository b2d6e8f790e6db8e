import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../lab/lab.js';
import { settledLab } from './settled.js';

/** What a healthy round starts, and whether anybody in the LAN notices one. */
export async function rounds(): Promise<void> {
  const lab = await settledLab(60);
  await processes(lab);
  const traffic = lab.traffic(0.002);
  for (let i = 0; i < 20; i++) await lab.system('mini-mwan check');
  const { sent, lost } = await traffic.stop();
  console.log(`A LAN client lost ${lost} of ${sent} packets during 20 healthy rounds.`);
  lab.remove();
}

/** Programs that a healthy round starts, counted by strace. */
async function processes(lab: Lab): Promise<void> {
  // A file for each process: in one for all, lines are torn.
  const logs = join(lab.folder, 'strace');
  await mkdir(logs);
  await lab.system(`strace -ff -qq -e trace=execve -o ${logs}/log ${lab.program.join(' ')} check`);
  const texts = await Promise.all((await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')));
  const started = texts.flatMap((text) =>
    [...text.matchAll(/execve\("[^"]*?([^/"]+)".* = 0$/gm)].map(([, name]) => name),
  );
  console.log(
    `\nA healthy round starts: ${started
      .filter((name) => name !== 'qjs')
      .sort()
      .join(', ')}.`,
  );
}
