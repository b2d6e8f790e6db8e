import tap from 'tap';
import { needsMore, readSettings } from '../../lib/config/settings.js';
import { parseUci } from '../../lib/config/uci.js';

const more = await import('../../lib/config/more.js');

function read(settings: string, wan = '') {
  const text = `config settings\n\toption enabled 1\n${settings}config interface wan\n\toption device eth1\n${wan}`;
  const parsed = parseUci(`${text}\toption ping_target 1.1.1.1\n`);
  const sections = 'sections' in parsed ? parsed.sections : [];
  const { config, problems } = readSettings(sections, needsMore(sections) ? more : undefined);
  tap.strictSame(problems, []);
  return config.wans[0];
}
tap.test('MPTCP, and lines by which each byte costs', async (t) => {
  t.match(read(''), { mptcp: undefined, measured: undefined, metered: undefined });
  t.match(read("\toption mptcp '1'\n"), { mptcp: true, measured: true });
  t.match(read("\toption mptcp '0'\n"), { mptcp: undefined, measured: undefined });
  t.match(read('', "\toption metered '1'\n"), { mptcp: undefined, metered: true });
});
