import tap from 'tap';
import { EXIT } from '../../lib/explain.js';
import { look } from '../../lib/run/look.js';
import { CONFIG_FILE, configText, Router, settled } from './router.js';

/** A look, as one text, and what was wrong with it. */
async function lookAt(router: Router) {
  const before = router.fake.applied.length;
  const { lines, exitCode } = await look(router.context());
  if (router.fake.applied.length > before) throw new Error('a look changed something');
  return { text: lines.join('\n'), exitCode, err: router.machine.printed().err };
}

tap.test('what the last round found, and what is in use', async (t) => {
  const router = await settled();
  const { text, exitCode, err } = await lookAt(router);
  t.match(text, /^wan1 +up .*\* in use$/m);
  t.match(text, /^wan2 +up /m);
  t.equal(exitCode, EXIT.ok);
  t.equal(err, '');
  router.fake.answers = { wan1: 'no', wan2: 'no' };
  await router.check();
  router.machine.printed();
  t.match(await lookAt(router), { text: /^wan1 +down /m, exitCode: EXIT.noneUp });
});

tap.test('the same as one line of JSON', async (t) => {
  const router = await settled();
  router.options = { ...router.options, json: true };
  const { text } = await lookAt(router);
  t.match(JSON.parse(text), { wans: [{ name: 'wan1', status: 'up' }, { name: 'wan2' }] });
});

tap.test('before the first round there is nothing to show', async (t) => {
  await t.rejects(look(new Router().context()), { exitCode: EXIT.cannotRun, message: 'no round has run yet' });
});

tap.test('no configuration keeps anybody from looking', async (t) => {
  const CASES: [what: string, spoil: (router: Router) => void, err: RegExp][] = [
    ['it means nothing', ({ machine }) => machine.put(CONFIG_FILE, 'nonsense'), /^mini-mwan: .*, line 1: .*\n$/],
    ['it is gone', ({ machine }) => machine.drop(CONFIG_FILE), /^mini-mwan: there is no configuration .*\n$/],
  ];
  for (const [what, spoil, expected] of CASES) {
    const router = await settled();
    spoil(router);
    const { text, exitCode, err } = await lookAt(router);
    t.match(text, /^wan1 +up .*\* in use$/m, what);
    t.match(err, expected, what);
    t.equal(exitCode, EXIT.ok, what);
  }
});

tap.test('a configuration that no round has taken yet is said', async (t) => {
  const router = await settled();
  const before = (await lookAt(router)).text;
  router.machine.put(CONFIG_FILE, `# comment\n${configText()}`);
  t.equal((await lookAt(router)).text, before, 'one that means the same is none');
  router.machine.put(CONFIG_FILE, configText("mode 'multiuplink'"));
  t.not((await lookAt(router)).text, before);
});

tap.test('disabled is no fault', async (t) => {
  const router = await settled(configText("enabled '0'"));
  t.equal((await lookAt(router)).exitCode, EXIT.ok);
});

tap.test('while the service is stopped, nothing is known of the lines', async (t) => {
  const router = await settled();
  router.machine.put('/etc/init.d/mini-mwan', '');
  const { text } = await lookAt(router);
  t.match(text, /the service is stopped/);
  t.notMatch(text, /^wan1 +up/m);
});

tap.test('who cannot be seen is said', async (t) => {
  const router = await settled();
  const { observe } = router.fake.platform;
  router.fake.platform.observe = async () => ({ ...(await observe()), blind: ['netifd is silent'] });
  t.equal((await lookAt(router)).err, 'mini-mwan: netifd is silent\n');
});
