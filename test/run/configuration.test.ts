import tap from 'tap';
import { EXIT, Trouble } from '../../lib/explain.js';
import type { Source } from '../../lib/platform/platform.js';
import { exposureProblem, loadConfiguration, readOrKept, understand } from '../../lib/run/configuration.js';
import { CONFIG_FILE, configText, Router } from './router.js';

const GOOD = configText();
const OTHER = configText("mode 'multiuplink'");
const BROKEN = `${GOOD}config`;
const ODD = configText('', "weight 'x'");

const platformOf = (router: Router) => router.fake.platform;

tap.test('what a configuration means, and all that is wrong with it', async (t) => {
  const router = new Router(ODD);
  const { config, problems } = await loadConfiguration(platformOf(router), CONFIG_FILE);
  t.strictSame(
    config.wans.map(({ name }) => name),
    ['wan1', 'wan2'],
  );
  t.match(problems, [{ line: 7, option: 'option weight', value: 'x' }]);
  router.machine.put(CONFIG_FILE, BROKEN);
  await t.rejects(loadConfiguration(platformOf(router), CONFIG_FILE), { constructor: Trouble, message: /, line 11: / });
});

tap.test('what is wrong with how it was read', async (t) => {
  const platform = platformOf(new Router());
  const exposed = { path: '/etc', reason: 'others may write it' };
  const CASES: [what: string, source: Partial<Source>, texts: RegExp[], lines: (number | undefined)[]][] = [
    ['nothing', {}, [/^not a number/], [7]],
    ['its lines are nobody’s', { merged: true }, [/^not a number/], [undefined]],
    ['uci did not answer', { problem: 'uci is silent' }, [/^uci is silent$/, /^not a number/], [undefined, 7]],
    [
      'it is an old one',
      { merged: true, fault: 'bad' },
      [/^bad; going on by the last one/, /^not/],
      [undefined, undefined],
    ],
    ['others may write it', { exposed }, [/^not a number/, /^\/etc: others may write it, /], [7, undefined]],
  ];
  for (const [what, more, texts, lines] of CASES) {
    const { problems } = await understand(platform, CONFIG_FILE, { text: ODD, merged: false, ...more });
    t.match(
      problems.map(({ text }) => text),
      texts,
      what,
    );
    t.equal(problems.length, texts.length, what);
    t.strictSame(
      problems.map(({ line }) => line),
      lines,
      what,
    );
  }
  t.match(exposureProblem(exposed).remedy, [/^chown root '\/etc' && chmod go-w '\/etc'$/]);
});

tap.test('which text a round goes by', async (t) => {
  const deny = (router: Router) => {
    router.machine.refuse = (operation, path) => (operation === 'open' && path === CONFIG_FILE ? 'EACCES' : undefined);
  };
  const CASES: {
    what: string;
    file?: string;
    spoil?: (router: Router) => void;
    kept?: string;
    text?: string;
    fresh?: true;
    fault?: RegExp;
    throws?: RegExp;
  }[] = [
    { what: 'the first one', file: GOOD, text: GOOD, fresh: true },
    { what: 'the same as before', file: GOOD, kept: GOOD, text: GOOD },
    { what: 'another one', file: OTHER, kept: GOOD, text: OTHER, fresh: true },
    { what: 'one with problems', file: ODD, kept: GOOD, text: ODD, fresh: true },
    { what: 'none that means anything', file: BROKEN, kept: GOOD, text: GOOD, fault: /^\/etc\/mini-mwan, line 11: / },
    { what: 'nor that can be read', file: OTHER, spoil: deny, kept: GOOD, text: GOOD, fault: /permission denied$/ },
    { what: 'nor one that is kept', file: BROKEN, throws: /line 11: / },
    { what: 'nor a kept one that means anything', file: BROKEN, kept: 'nonsense', throws: /line 11: / },
    { what: 'somebody took it away, and means it', kept: GOOD, throws: /there is no configuration/ },
  ];
  for (const { what, file, spoil, kept, text, fresh, fault, throws } of CASES) {
    const router = new Router(file);
    if (file === undefined) router.machine.drop(CONFIG_FILE);
    spoil?.(router);
    const reading = readOrKept(platformOf(router), router.machine.engine, CONFIG_FILE, kept);
    if (throws) {
      await t.rejects(reading, { constructor: Trouble, exitCode: EXIT.config, message: throws }, what);
      continue;
    }
    const source = await reading;
    t.equal(source.text, text, what);
    t.equal(source.fresh, fresh, `${what}: to be kept`);
    t.equal(source.merged, fault !== undefined, `${what}: its lines`);
    if (fault) t.match(source.fault, fault, what);
    else t.equal(source.fault, undefined, what);
  }
});

tap.test('a bug is not hidden by the one that is kept', async (t) => {
  const router = new Router();
  const { configuration } = platformOf(router);
  const bug = (file: string, text: string) => {
    if (text !== OTHER) throw new TypeError('a bug');
    return configuration.parse(file, text);
  };
  const reading = readOrKept(
    { configuration: { ...configuration, parse: bug } },
    router.machine.engine,
    CONFIG_FILE,
    OTHER,
  );
  await t.rejects(reading, { message: 'a bug' });
});
