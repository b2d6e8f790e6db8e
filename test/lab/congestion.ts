import { readFile, writeFile } from 'node:fs/promises';
import type { Lab } from './lab.js';

/** What the control of a shaper leaves: how wan1 is now. */
export async function shaped(lab: Lab, colour: 'GREEN' | 'RED') {
  const [bootId, uptime] = await Promise.all(
    ['/proc/sys/kernel/random/boot_id', '/proc/uptime'].map((file) => readFile(file, 'utf8')),
  );
  const delay = colour === 'RED' ? 130 : 1;
  const up = { rate: 5000, colour, reason: 'test', load: 0.9, achieved: 4500, delay };
  const at = Math.round(1000 * Number.parseFloat(uptime ?? ''));
  const line = { name: 's', wan: 'wan1', at, quiet: false, problems: [], decisions: { up } };
  await writeFile(`${lab.state}.shape`, JSON.stringify({ version: 1, bootId: bootId?.trim(), lines: [line] }), {
    mode: 0o600,
  });
}

/** As if it had been so for minutes. */
export async function minutesLater(lab: Lab) {
  const text = await readFile(lab.state, 'utf8');
  const line = /^(steering.* (?:dry|live)) (\S+) (\S+)/gm;
  const early = (time: string) => (time === '-' ? time : '1.00');
  await writeFile(
    lab.state,
    text.replace(line, (_, head, since, differs) => `${head} ${early(since)} ${early(differs)}`),
  );
}

/** Rounds that see wan1 like this, until what they see has lasted. */
export async function rounds(lab: Lab, colour: 'GREEN' | 'RED') {
  await shaped(lab, colour);
  await lab.mwan('check');
  await minutesLater(lab);
  await shaped(lab, colour);
  return lab.mwan('check');
}
