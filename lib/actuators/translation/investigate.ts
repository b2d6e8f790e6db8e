import type { Problem } from '../../model.js';
import type { Exec } from '../../system/exec.js';
import type { Finding } from '../actuator.js';
import { IP_TIMEOUT } from '../routes/apply.js';
import { LOSS, type Part, type TranslationThing } from './table.js';

/** What comes of it where the kernel does not have a part, and what it must have for it. */
const PARTS: Record<Part, [loss: string, modules: string]> = {
  zones: ['flows that began before a failover are lost', 'CONFIG_NF_CONNTRACK_ZONES'],
  translation: [LOSS, 'nft_nat and nft_masq; on OpenWrt: kmod-nft-nat'],
  marks: [
    'answers leave by the line in charge, and no flow is led',
    'nft_ct and CONFIG_NF_CONNTRACK_MARK; on OpenWrt: kmod-nft-core',
  ],
};

/** Which parts of a table nft refuses. @param reason its words for the whole */
export async function investigate(exec: Exec, { parts = [] }: TranslationThing, reason: string): Promise<Finding> {
  const refused: Part[] = [];
  for (const [part, text] of parts) {
    const { exitCode } = await exec.start('nft', ['-c', text], { timeout: IP_TIMEOUT }).finished;
    if (exitCode !== 0) refused.push(part);
  }
  // Where it takes each of them alone, nobody knows which it is.
  return { lack: lackOf(refused.length > 0 ? refused : parts.map(([part]) => part), reason), lasting: false };
}

/** What is lacking is in the option that is named. */
function lackOf(parts: Part[], reason: string): Problem {
  const [losses, modules] = [parts.map((part) => PARTS[part][0]), parts.map((part) => PARTS[part][1])];
  return {
    option: `option ipv6: ${parts.join(', ')}`,
    text: `nft takes none: ${reason}; ${losses.join('; ')}`,
    remedy: modules.map((one) => `the kernel must have ${one}`),
  };
}
