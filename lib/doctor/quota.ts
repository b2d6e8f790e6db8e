import type { Config, Problem } from '../model.js';
import { dirname } from '../path.js';

/** How the folder is in which it is kept what WANs have used. `ram`: it is empty when the router has started again. */
export type Keeping = 'kept' | 'absent' | 'ram' | 'read-only';

const WORDS: Record<Exclude<Keeping, 'kept'>, string> = {
  absent: 'is not there',
  ram: 'is in RAM',
  'read-only': 'is read-only',
};

/** What keeps the use of quotas from outliving a restart. */
export function examineQuota({ quotaPath }: Pick<Config, 'quotaPath'>, keeping: Keeping): Problem[] {
  if (quotaPath === undefined || keeping === 'kept') return [];
  const text = `the folder ${dirname(quotaPath)} ${WORDS[keeping]}: a restart of the router forgets what was used`;
  return [
    { option: 'option quota_path', text, remedy: ['name a file on flash or on a disk, as /etc/mini-mwan.quota'] },
  ];
}
