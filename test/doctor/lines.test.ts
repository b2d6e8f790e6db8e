import tap from 'tap';
import { examineLines } from '../../lib/doctor/lines.js';
import type { Path } from '../../lib/model.js';
import { makeConfig, makeLink, makeWan } from '../make.js';

const wan = makeWan({ name: 'usb' });
const path = (more: Partial<Path>): Path => ({
  wan,
  device: 'red1',
  link: makeLink('red1'),
  pointToPoint: false,
  onlink: false,
  ...more,
});

tap.test('lines as they are', async (t) => {
  const GATEWAY = { gateway: '192.0.2.1' };
  const { device: _, ...unknown } = path({});
  const { link: _link, ...gone } = path(GATEWAY);
  const CASES: [what: string, path: Path, said: RegExp | undefined][] = [
    ['well', path(GATEWAY), undefined],
    ['dialled', path({ pointToPoint: true }), undefined],
    ['without a gateway', path({}), /no gateway/],
    ['unplugged', path({ ...GATEWAY, link: { ...makeLink('red1'), state: 'no_carrier' } }), /red1 has no carrier/],
    ['down', path({ ...GATEWAY, link: { ...makeLink('red1'), state: 'down' } }), /red1 is down/],
    ['gone', gone, /there is no device red1/],
    ['RED that is down', unknown, /not up/],
    ['disabled', path({ wan: { ...wan, enabled: false } }), undefined],
  ];
  for (const [what, one, said] of CASES) {
    const problems = examineLines(makeConfig([wan]), [one]);
    t.equal(problems.length, said ? 1 : 0, what);
    if (said) t.match(problems[0], { text: said, option: "line 'usb'", remedy: [String] }, what);
  }
});

tap.test('all of them', async (t) => {
  t.match(examineLines({ ...makeConfig([wan]), enabled: false }, []), [
    { text: 'disabled', remedy: ['mini-mwan enable'] },
  ]);
  t.match(examineLines(makeConfig([{ ...wan, enabled: false }]), []), [{ fatal: true }]);
});
