import tap from 'tap';
import type { Marks } from '../../lib/model.js';
import { parseMarks } from '../../lib/observe/marks.js';

/** As nft 1.0.6 prints it. */
const LIST = `table inet mini_mwan {
	chain arrivals {
		iifname "eth1" ct mark set ct mark & 0x01ffffff | 0x01000000 comment "in by eth1: 0x01000000 of 0xff000000"
	}

	chain prerouting {
		type filter hook prerouting priority mangle; policy accept;
		meta nfproto ipv4 ct state new jump arrivals comment "what comes in"
		counter packets 0 bytes 0
	}
}
`;

tap.test('the table as nft prints it', async (t) => {
  const CASES: [what: string, ended: Partial<Parameters<typeof parseMarks>[0]>, marks: Marks][] = [
    [
      'rules of ours, and one of somebody',
      { stdout: LIST, exitCode: 0 },
      { comments: ['in by eth1: 0x01000000 of 0xff000000', 'what comes in', ''] },
    ],
    ['no rules', { stdout: 'table inet mini_mwan {\n}\n', exitCode: 0 }, { comments: [] }],
    ['no table', { stderr: 'Error: No such file or directory\nlist table', exitCode: 1 }, {}],
    ['no nft', { failure: 'not found' }, { obstacle: 'not found' }],
    [
      'no rights',
      { stderr: 'Error: cache initialization failed: x\n\n', exitCode: 1 },
      { obstacle: 'Error: cache initialization failed: x' },
    ],
    ['without a word', { exitCode: 3 }, { obstacle: 'exit 3' }],
  ];
  for (const [what, ended, marks] of CASES) t.strictSame(parseMarks({ stdout: '', stderr: '', ...ended }), marks, what);
});
