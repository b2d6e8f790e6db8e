import { KEPT_PPP, KEPT_SECRETS, PPP, PROFILES, SECRETS } from '../../actuators/red/places.js';
import { parseRole } from '../../actuators/red/role.js';
import { pppText, withoutBackup } from '../../config/ipfire/ppp.js';
import { readCredentials, secretsLine } from '../../config/ipfire/secrets.js';
import { SystemError } from '../../engine/engine.js';
import type { Dial, Role } from '../../uplink.js';
import type { Tools } from '../exec.js';
import { readText, tryReadText } from '../files.js';
import { exists, takeAway } from '../tree.js';
import { dialOf, readRole } from './look.js';
import { replaceKept, run, temporaryOf } from './replace.js';

/** Makes ppp/settings, and the secrets beside it, those of a line. Secrets first: with ppp/settings it is done. */
export async function dial(tools: Tools, how: Dial): Promise<void> {
  const [chosen, role] = [dialOf(tools), parseRole(readRole(tools) ?? '')];
  if (role && chosen !== undefined && chosen !== role.primary.dial)
    throw new SystemError('another dial profile was chosen meanwhile');
  if ('link' in how) {
    const path = `${PPP}-${how.link}`;
    const line = secretsOf(need(tools, path), false);
    const kept = tryReadText(tools.engine, KEPT_SECRETS);
    // There may be more in them than the line of the dial profile.
    await writeSecrets(tools, kept?.includes(line.trimEnd()) ? kept : line);
    if (chosen !== how.link) await run(tools, 'ln', ['-f', path, PPP]);
    for (const path of [KEPT_SECRETS, KEPT_PPP]) takeAway(tools.engine, path);
    return;
  }
  if ('kept' in how) {
    putBack(tools, KEPT_SECRETS, SECRETS);
    putBack(tools, KEPT_PPP, PPP);
    return;
  }
  await keep(tools, role);
  if ('copy' in how) {
    const text = need(tools, `${PPP}-${how.copy}`);
    await writeSecrets(tools, secretsOf(text, false));
    await replaceKept(tools, PPP, withoutBackup(text));
    return;
  }
  const text = need(tools, `${PROFILES}/${how.profile}`);
  await writeSecrets(tools, secretsOf(text, true));
  const { password } = readCredentials(text, { ours: true });
  await replaceKept(tools, PPP, pppText(how.values, password));
}

/** What nobody could make anew: the secrets, and a ppp/settings that is no link to a dial profile. */
async function keep(tools: Tools, role: Role | undefined): Promise<void> {
  await copy(tools, SECRETS, KEPT_SECRETS, 0o600);
  if (role?.primary.dial === undefined) await copy(tools, PPP, KEPT_PPP, 0o644);
}

/**
 * Unless there is a copy: it is of the time before ours. Whole, or not at all, also after a power cut.
 *
 * @param mode of a file that is missing, and is empty from now on: so there is something to put back
 */
async function copy(tools: Tools, from: string, to: string, mode: number): Promise<void> {
  const { engine } = tools;
  if (exists(engine, to)) return;
  if (!exists(engine, from)) await replaceKept(tools, from, '', { mode });
  const temporary = temporaryOf(to);
  await run(tools, 'cp', ['-p', from, temporary]);
  await run(tools, 'sync', [temporary]);
  engine.files.rename(temporary, to);
}

/** Where there is nothing to be put back, it has been, by a round that was killed behind it. */
function putBack({ engine }: Tools, kept: string, path: string): void {
  if (exists(engine, kept)) engine.files.rename(kept, path);
}

function secretsOf(text: string, ours: boolean): string {
  const { user, password } = readCredentials(text, { ours });
  return secretsLine(user, password);
}

async function writeSecrets(tools: Tools, text: string): Promise<void> {
  await replaceKept(tools, SECRETS, text, { mode: 0o600 });
}

function need({ engine }: Tools, path: string): string {
  const text = readText(engine, path);
  if (text === undefined) throw new SystemError(`there is no ${path}`);
  return text;
}
