import tap from 'tap';
import { parseUci } from '../../lib/config/uci.js';
import { draftText, sectionName } from '../../lib/import/write.js';

tap.test('a draft as UCI', async (t) => {
  const wans = [
    { name: 'wan', entries: [['device', 'eth1'] as [string, string]] },
    { name: 'wanb', entries: [['ping_target', ['1.1.1.1', '8.8.8.8']] as [string, string[]]] },
  ];
  const text = draftText({ settings: [['check_interval', 5, 'the shortest']], wans, notes: [] });
  t.equal(
    text,
    `config settings 'settings'
	# the shortest
	option check_interval '5'

config interface 'wan'
	option device 'eth1'

config interface 'wanb'
	list ping_target '1.1.1.1'
	list ping_target '8.8.8.8'
`,
  );
  const parsed = parseUci(text);
  t.equal('sections' in parsed && parsed.sections.length, 3);
});

tap.test('names of sections', async (t) => {
  const taken = new Set<string>();
  const CASES: [wish: string, name: string][] = [
    ['wan', 'wan'],
    ['wan', 'wan_2'],
    ['wan', 'wan_3'],
    ['wan_2', 'wan_2_2'],
    ['Primary Fibre (1)', 'Primary_Fibre_1'],
    ['', 'wan_4'],
    ['---', 'wan_5'],
    // The section with our settings has this name.
    ['settings', 'wan_settings'],
    ["a'\n\u0000b", 'a_b'],
    ['Überlandleitung', 'berlandleitung'],
    ['x'.repeat(500), 'x'.repeat(40)],
    ['__proto__', 'proto'],
    ['constructor', 'constructor'],
  ];
  for (const [wish, name] of CASES) t.equal(sectionName(wish, taken), name, wish);
  t.equal(taken.size, CASES.length);
});
