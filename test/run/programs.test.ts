import tap from 'tap';
import { PLUGINS } from '../../lib/config/plugins.js';
import type { Plugin } from '../../lib/model.js';
import { examinePrograms } from '../../lib/run/programs.js';
import { Machine } from '../machine.js';
import { makeConfig, makeWan } from '../make.js';

const plugin = (program: string, variables: Record<string, string> = {}): Plugin => ({
  ...{ name: 'p', type: 'alert', program, format: 'json', level: 'info', cooldown: 0, interval: 0, variables },
});

tap.test('programs that the configuration names', async (t) => {
  const machine = new Machine();
  for (const folder of ['/usr/lib', '/usr/lib/mini-mwan', PLUGINS])
    machine.put(folder, '', { kind: 'folder', mode: 0o755 });
  for (const name of ['webhook', 'influxdb', 'mail', 'graphite', 'constructor'])
    machine.put(`${PLUGINS}/${name}`, '', { mode: 0o755 });
  machine.put('/etc/good', '', { mode: 0o755 });
  machine.put('/etc/plain', '', { mode: 0o644 });
  machine.put('/etc/open', '', { mode: 0o757 });
  const CASES: [program: string, said: string[], variables?: Record<string, string>][] = [
    ['/etc/good', []],
    ['/etc/missing', ['there is no program /etc/missing']],
    ['/etc/plain', ['/etc/plain cannot be executed']],
    ['/etc', ['/etc cannot be executed']],
    ['/etc/open', ['/etc/open: others may write it, and could have mini-mwan do anything as root']],
    [`${PLUGINS}/webhook`, ["it needs the program 'curl', which is not there"]],
    [`${PLUGINS}/constructor`, []],
    [`${PLUGINS}/influxdb`, ["it needs the program 'curl', which is not there"]],
    [`${PLUGINS}/mail`, ["it needs the program 'sendmail', which is not there"]],
    [`${PLUGINS}/mail`, ["it needs the program 'msmtp', which is not there"], { SENDMAIL: 'msmtp' }],
    [`${PLUGINS}/mail`, ['there is no program /a/msmtp'], { SENDMAIL: '/a/msmtp' }],
    [`${PLUGINS}/mail`, [], { SENDMAIL: '/etc/good' }],
    [`${PLUGINS}/graphite`, ["it needs the program 'nc' or 'socat', which is not there"]],
  ];
  for (const [program, said, variables] of CASES) {
    const config = makeConfig([], { plugins: [plugin(program, variables)] });
    const found = await examinePrograms(machine, config);
    t.strictSame(
      found.map(({ text }) => text),
      said,
      program,
    );
    t.ok(found.every(({ option }) => option === "plugin 'p'"));
  }
  t.match(
    await examinePrograms(
      machine,
      makeConfig([], { plugins: [plugin(`${PLUGINS}/mail`), plugin(`${PLUGINS}/graphite`)] }),
    ),
    [{ remedy: [/option sendmail/] }, { remedy: [{ install: 'socat' }] }],
  );
  for (const name of ['curl', 'sendmail', 'socat']) machine.programs[name] = () => ({});
  for (const name of ['webhook', 'influxdb', 'mail', 'graphite']) {
    t.strictSame(await examinePrograms(machine, makeConfig([], { plugins: [plugin(`${PLUGINS}/${name}`)] })), [], name);
  }
  const wan = makeWan({ name: 'a', restart: { after: 60, program: '/etc/missing' } });
  t.match(await examinePrograms(machine, makeConfig([wan], { notify: '/etc/open' })), [
    { text: /^\/etc\/open: others may write it/ },
    { option: "interface 'a'", text: 'there is no program /etc/missing' },
  ]);
});
