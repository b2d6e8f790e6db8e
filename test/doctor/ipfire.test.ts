import { readFileSync } from 'node:fs';
import tap from 'tap';
import {
  examineAbilities,
  examinePrograms,
  examineScripts,
  FILES,
  NAMES,
  NETWORKING,
} from '../../lib/doctor/ipfire.js';

const LAB = 'test/lab/ipfire/files';
const read = (path: string) => readFileSync(`${LAB}${path}`, 'utf8');
const CRON = '/var/spool/cron/root.orig';

/** Those of the lab, which do what IPFire's do. */
const TEXTS: Record<string, string> = {
  ...Object.fromEntries(FILES.filter((path) => path !== NETWORKING && path !== CRON).map((path) => [path, read(path)])),
  [NETWORKING]: read(`${NETWORKING}/red`) + read(`${NETWORKING}/dial`),
  [CRON]: '* * * * * test -x /usr/local/bin/run-parts && /usr/local/bin/run-parts /etc/fcron.minutely\n',
};
const wrong = (texts: Record<string, string | undefined>) => examineScripts(texts).filter((finding) => finding.wrong);

tap.test('scripts that mini-mwan knows', async (t) => {
  t.strictSame(wrong(TEXTS), []);
  t.equal(examineScripts(TEXTS).length, examineScripts({}).length, 'each has its line');
});

tap.test('scripts that are others', async (t) => {
  for (const file of FILES) {
    const missing = wrong({ ...TEXTS, [file]: undefined });
    t.ok(missing.length > 0, file);
    t.ok(missing.every(({ what, means, remedy }) => what.startsWith(file) && means && remedy));
    t.match(missing[0]?.wrong, 'not there');
  }
  const CASES: [file: string, from: RegExp | string, to: string][] = [
    [`${NETWORKING}/red`, /RED_TYPE/g, 'RED_KIND'],
    [`${NETWORKING}/red`, /\biface\b/g, 'device'],
    [`${NETWORKING}/red`, /red\.down/g, 'red.off'],
    [NETWORKING, /ppp\/settings/g, 'ppp/config'],
    ['/etc/rc.d/init.d/connectd', /keepconnected/g, 'keep'],
    ['/etc/ppp/ip-down', 'connectd reconnect', 'connectd again'],
    [`${NETWORKING}/dhcpcd.exe`, /RED_DEV/g, 'RED_NIC'],
    [`${NETWORKING}/dhcpcd.exe`, /red\.down/g, 'red.off'],
    [`${NETWORKING}/dhcpcd.exe`, '$interface.info', '$interface.lease'],
    ['/etc/rc.d/init.d/firewall', /red\/iface/g, 'red/device'],
    [`${NETWORKING}/red.up/20-firewall`, /firewall/g, 'filter'],
    ['/usr/local/bin/readhash', '=/,.:%_@#+-', '/.'],
    [CRON, 'fcron.minutely', 'fcron.cyclic'],
  ];
  for (const [file, from, to] of CASES) {
    const text = TEXTS[file] ?? '';
    t.equal(wrong({ ...TEXTS, [file]: text.replace(from, to) }).length, 1, `${file}: ${to}`);
  }
  t.equal(wrong({ ...TEXTS, [CRON]: `# ${TEXTS[CRON]}` }).length, 1, 'a comment is no script');
});

tap.test('programs', async (t) => {
  t.strictSame(
    examinePrograms(new Set(NAMES)).filter((finding) => finding.wrong),
    [],
  );
  for (const name of NAMES) {
    const others = new Set(NAMES.filter((other) => other !== name));
    t.match(
      examinePrograms(others).filter((finding) => finding.wrong),
      [{ what: new RegExp(`^${name}:`) }],
    );
  }
  const good = { address: '[{"ifindex":1}]', dhcpcd: 'usage: dhcpcd\t[-146]\n\t\t[-c, --script script]' };
  const bad = (more: Partial<typeof good>) =>
    examineAbilities({ ...good, ...more }).filter((finding) => finding.wrong).length;
  t.strictSame(
    [bad({}), bad({ address: '' }), bad({ dhcpcd: 'usage: dhcpcd [-4]' }), bad({ dhcpcd: '' })],
    [0, 1, 1, 1],
  );
});
