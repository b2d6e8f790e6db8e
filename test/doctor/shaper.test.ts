import tap from 'tap';
import { examineShapers, type ShaperSight } from '../../lib/doctor/shaper.js';
import type { Shaper, View } from '../../lib/model.js';
import { problemText } from '../../lib/report/words.js';
import { makeConfig, makeLink, makePath } from '../make.js';

const SHAPER: Shaper = {
  name: 's',
  wan: 'wan1',
  rates: { up: {}, down: {} },
  ingress: { ours: true },
  words: { up: [], down: [] },
  reflectors: ['1.1.1.1', '8.8.8.8', '9.9.9.9'],
};
const { words: _, ...EXISTING } = SHAPER;
const ALL: ShaperSight = { fping: true, cake: true, ifb: true, flowtables: '' };
const SQM = (enabled: number, device: string) =>
  `config queue 'q'\n\toption enabled '${enabled}'\n\toption interface '${device}'\n`;

function said(shaper: Partial<Shaper>, sight: Partial<ShaperSight>, enabled = true, whole: Shaper = SHAPER): string[] {
  const path = makePath(1, 10, {}, { enabled });
  const view: View = { seen: { links: [makeLink('eth1')], routes: [], blind: [] }, paths: [path] };
  const config = makeConfig([path.wan], { shapers: [{ ...whole, ...shaper }] });
  return examineShapers(config, view, { ...ALL, ...sight }).map((problem) => problemText(problem, 'f'));
}

tap.test('what keeps lines from being shaped', async (t) => {
  const CASES: [what: string, shaper: Partial<Shaper>, sight: Partial<ShaperSight>, text: RegExp[]][] = [
    ['nothing', {}, {}, []],
    ['nobody can say', {}, { cake: undefined, ifb: undefined }, []],
    ['no CAKE', {}, { cake: false }, [/this kernel has no CAKE: no line is shaped/]],
    ['no ifb', {}, { ifb: false }, [/this kernel has no ifb: what comes is not shaped/]],
    ['no ifb is needed', { ingress: { device: 'eth1' } }, { ifb: false }, []],
    ['no fping', {}, { fping: false }, [/'fping' is not there: ping asks/]],
    ['offload', {}, { flowtables: 'table inet fw4 {\n flowtable ft {\n  flags offload;\n' }, [/hardware flow offload/]],
    ['few reflectors', { reflectors: ['1.1.1.1', '8.8.8.8'] }, {}, [/shaper 's': 2 reflectors: .*not outvoted/]],
    ['one', { reflectors: ['1.1.1.1'] }, {}, [/1 reflector: /]],
    ['no such device', { device: 'eth7' }, {}, [/there is no device eth7 at the moment/]],
    ['nor for what comes', { ingress: { device: 'ifb7' } }, {}, [/there is no device ifb7/]],
    ['sqm', {}, { sqm: SQM(1, 'eth1') }, [/sqm-scripts shape eth1, too \(\/etc\/config\/sqm, section 'q'\)/]],
    ['sqm, off', {}, { sqm: SQM(0, 'eth1') }, []],
    ['sqm, elsewhere', {}, { sqm: SQM(1, 'eth2') }, []],
    ['sqm, no UCI', {}, { sqm: 'nonsense' }, []],
  ];
  for (const [what, shaper, sight, text] of CASES) {
    const found = said(shaper, sight);
    t.match(found, text, what);
    t.equal(found.length, text.length, what);
  }
  const bad = { cake: false, ifb: false, fping: false, sqm: SQM(1, 'eth1') };
  t.match(said({}, bad, true, EXISTING), [/fping/], 'what is there already needs no more');
  t.strictSame(said({}, bad, false), [], 'its WAN is off');
});
