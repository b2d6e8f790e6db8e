import { KEPT_PPP, KEPT_SECRETS, PPP, PROFILES, SECRETS } from '../../actuators/red/places.js';
import { parseRole } from '../../actuators/red/role.js';
import { pppText, withoutBackup } from '../../config/ipfire/ppp.js';
import { readCredentials, secretsLine } from '../../config/ipfire/secrets.js';
import { SystemError } from '../../engine/engine.js';
import type { Dial } from '../../uplink.js';
import type { Tools } from '../exec.js';
import { readText } from '../files.js';
import { exists, takeAway } from '../tree.js';
import { dialOf, readRole } from './look.js';
import { replaceKept, run, temporaryOf } from './replace.js';

/** Makes ppp/settings, and the secrets beside it, those of a line. Secrets first: with ppp/settings it is done. */
export async function dial(tools: Tools, how: Dial): Promise<void> {
  const [chosen, role] = [dialOf(tools), parseRole(readRole(tools) ?? '')];
  if (role && chosen !== undefined && chosen !== role.primary.dial)
    throw new SystemError('another dial profile was chosen meanwhile');
  if ('link' in how) {
    await writeSecrets(tools, need(tools, `${PPP}-${how.link}`), false);
    if (chosen !== how.link) await run(tools, 'ln', ['-f', `${PPP}-${how.link}`, PPP]);
    for (const path of [KEPT_SECRETS, KEPT_PPP]) takeAway(tools.engine, path);
    return;
  }
  if ('kept' in how) {
    putBack(tools, KEPT_SECRETS, SECRETS);
    putBack(tools, KEPT_PPP, PPP);
    return;
  }
  await keep(tools);
  if ('copy' in how) {
    const text = need(tools, `${PPP}-${how.copy}`);
    await writeSecrets(tools, text, false);
    await replaceKept(tools, PPP, withoutBackup(text));
    return;
  }
  const text = need(tools, `${PROFILES}/${how.profile}`);
  await writeSecrets(tools, text, true);
  const { password } = readCredentials(text, { ours: true });
  await replaceKept(tools, PPP, pppText(how.values, password));
}

/** A ppp/settings that is no link to a dial profile is nowhere else. Once it is kept, so are the secrets. */
async function keep(tools: Tools): Promise<void> {
  const { engine } = tools;
  if (dialOf(tools) !== undefined || !exists(engine, PPP) || exists(engine, KEPT_PPP)) return;
  if (exists(engine, SECRETS)) await copy(tools, SECRETS, KEPT_SECRETS);
  await copy(tools, PPP, KEPT_PPP);
}

/** Whole, or not at all, also after a power cut. */
async function copy(tools: Tools, from: string, to: string): Promise<void> {
  const temporary = temporaryOf(to);
  await run(tools, 'cp', ['-p', from, temporary]);
  await run(tools, 'sync', [temporary]);
  tools.engine.files.rename(temporary, to);
}

/** Where there is nothing to be put back, it has been, by a round that was killed behind it. */
function putBack({ engine }: Tools, kept: string, path: string): void {
  if (exists(engine, kept)) engine.files.rename(kept, path);
}

async function writeSecrets(tools: Tools, text: string, ours: boolean): Promise<void> {
  const { user, password } = readCredentials(text, { ours });
  await replaceKept(tools, SECRETS, secretsLine(user, password), { mode: 0o600 });
}

function need({ engine }: Tools, path: string): string {
  const text = readText(engine, path);
  if (text === undefined) throw new SystemError(`there is no ${path}`);
  return text;
}
