import tap from 'tap';
import * as more from '../../lib/config/more.js';
import { readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';
import type { Restarting } from '../../lib/model.js';
import { problemText } from '../../lib/report/words.js';

tap.test('when and how a WAN is restarted', async (t) => {
  const few = 'so soon it would be taken down while it comes up; using 30';
  const CASES: [text: string, restart: Restarting | undefined, said?: string][] = [
    ['', undefined],
    ['option restart_after 0', undefined],
    ['option restart_after 300', { after: 300 }],
    ['option restart_after 30', { after: 30 }],
    ['option restart_after 29', { after: 30 }, `option restart_after '29': ${few}`],
    [
      'option restart_after 86401',
      { after: 86400 },
      "option restart_after '86401': not a number from 0 to 86400; using 86400",
    ],
    ['option restart_after soon', undefined, "option restart_after 'soon': not a number from 0 to 86400; using 0"],
    ['option restart_after 60\noption restart_program /bin/a', { after: 60, program: '/bin/a' }],
    [
      'option restart_program /bin/a',
      undefined,
      "option restart_program '/bin/a': never started without option restart_after",
    ],
  ];
  for (const [text, restart, said] of CASES) {
    const parsed = parseUci(`config interface wan\noption enabled 0\n${text}`);
    if ('text' in parsed) throw new Error(parsed.text);
    const { config, problems } = readSettings(parsed.sections, more);
    t.strictSame(config.wans[0]?.restart, restart, text);
    t.strictSame(
      problems.map((problem) => problemText(problem, 'f').replace(/^f, line \d: /, '')),
      said === undefined ? [] : [said],
      text,
    );
  }
});
