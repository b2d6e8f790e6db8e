import { readFile } from 'node:fs/promises';
import tap from 'tap';
import { readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';

function read(text: string) {
  const parsed = parseUci(text);
  if ('text' in parsed) throw new Error(parsed.text);
  return readSettings(parsed.sections);
}

tap.test('the configuration that is installed: off, and with one word on, two WANs, nothing wrong', async (t) => {
  const text = await readFile('lib/install/default.uci', 'utf8');
  t.match(read(text), { config: { enabled: false }, problems: [] });
  const { config, problems } = read(text.replace("option enabled '0'", "option enabled '1'"));
  t.strictSame(problems, []);
  t.match(config, { enabled: true, mode: 'failover', wans: [{ name: 'wan' }, { name: 'wanb' }] });
  t.strictSame(
    config.wans.map((wan) => [wan.enabled, wan.interface, wan.metric, wan.targets.length]),
    [
      [true, 'wan', 10, 2],
      [true, 'wanb', 20, 2],
    ],
  );
});
