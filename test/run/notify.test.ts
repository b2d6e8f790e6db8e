import tap from 'tap';
import { EXIT, Trouble } from '../../lib/explain.js';
import { planUnwatched, tellAndThrow } from '../../lib/run/notify.js';
import { CONFIG_FILE, configText, Router, settled } from './router.js';

interface Listening {
  router: Router;
  /** What syslog heard since the last time: priorities by their numbers, without the facility. */
  heard(): string[];
}

/** A router with a syslog, at rest. */
async function listening(text?: string): Promise<Listening> {
  const router = await settled(text);
  const lines: string[] = [];
  router.machine.programs.logger = (_, { input = '' }) => {
    for (const line of input.split('\n').filter(Boolean)) {
      const [, number, words] = /^<(\d+)>(.*)$/.exec(line) ?? [];
      lines.push(`${Number(number) & 7} ${words}`);
    }
    return {};
  };
  return { router, heard: () => lines.splice(0) };
}

const [ERR, WARNING, NOTICE, INFO] = [3, 4, 5, 6];

tap.test('syslog hears of edges, once, and of nothing else', async (t) => {
  const { router, heard } = await listening();
  await router.check();
  t.strictSame(heard(), []);
  router.fake.answers = { wan1: 'no' };
  await router.check();
  t.strictSame(heard(), [`${NOTICE} wan1 (eth1) down: no reply from 1.1.1.1`]);
  await router.check();
  t.strictSame(heard(), []);
  router.fake.answers = { wan1: 'no', wan2: 'no' };
  await router.check();
  t.strictSame(heard(), [
    `${NOTICE} wan2 (eth2) down: no reply from 2.1.1.1`,
    `${ERR} no WAN is up; the routes stay as they are`,
  ]);
  router.machine.put(CONFIG_FILE, configText('', "weight 'x'"));
  await router.check();
  t.match(heard(), [new RegExp(`^${WARNING} .*, line 7: option weight 'x': `)]);
  await router.check();
  t.strictSame(heard(), []);
});

tap.test('as much as its owner wants to hear', async (t) => {
  const CASES: [level: string, lines: (number | undefined)[]][] = [
    ['info', [NOTICE, INFO]],
    ['notice', [NOTICE]],
    ['warning', []],
  ];
  for (const [level, priorities] of CASES) {
    const { router, heard } = await listening(configText(`log_level '${level}'`));
    router.fake.answers = { wan1: 'no' };
    await router.check();
    t.strictSame(
      heard().map((line) => Number(line[0])),
      priorities,
      level,
    );
  }
});

tap.test('what fails is graver than what is only odd', async (t) => {
  const { router, heard } = await listening();
  router.fake.kernel.routes.splice(2);
  router.fake.refuse = (words) => (words.includes('eth1') ? 'No' : undefined);
  await router.check();
  t.match(heard(), [new RegExp(`^${ERR} ip route add .*: refused$`)]);
});

tap.test('a syslog that is away is waited for, one that is not there is nobody', async (t) => {
  const { router, heard } = await listening();
  const { logger } = router.machine.programs;
  const unstarted = { failure: 'too many processes', unstarted: true as const };
  router.fake.answers = { wan1: 'no' };
  router.machine.programs.logger = () => unstarted;
  await router.check();
  t.equal(router.state()?.wans[0]?.verdict.told, 'up', 'not told yet');
  router.machine.programs.logger = logger as NonNullable<typeof logger>;
  await router.check();
  t.match(heard(), [/wan1 \(eth1\) down: /], 'the next round tells it');
  router.machine.programs = { flock: router.machine.programs.flock as NonNullable<typeof logger> };
  router.fake.answers = { wan1: 'no', wan2: 'no' };
  await router.check();
  t.equal(router.state()?.wans[1]?.verdict.told, undefined, 'it is not waited for');
  t.equal(router.machine.printed().err, '', 'and is no reason to complain');
  router.options = { ...router.options, verbose: true };
  router.fake.answers = {};
  for (let i = 0; i < 5; i++) await router.check();
  t.match(router.machine.printed().err, /^nothing goes to syslog: logger: not found$/m, 'unless somebody asks');
});

const scripts = ({ machine }: Router) =>
  machine.detached.splice(0).map(({ words, input }) => ({ words, work: JSON.parse(input) }));

tap.test('scripts are started once for an edge, and behind our back', async (t) => {
  const { router } = await listening(configText("notify '/etc/notify'"));
  scripts(router);
  router.fake.answers = { wan1: 'no' };
  await router.check();
  const [started, ...more] = scripts(router);
  t.strictSame(started?.words, ['/usr/sbin/mini-mwan', 'announce', '--state', '/var/run/mini-mwan.status']);
  t.match(started?.work, {
    notify: '/etc/notify',
    list: [{ crossing: true, full: { WAN: 'wan1', NEW_STATUS: 'down' } }],
  });
  t.notOk('hotplug' in (started?.work ?? {}), 'this system has none');
  t.strictSame(more, []);
  await router.check();
  t.strictSame(scripts(router), []);
});

tap.test('those of hotplug, where the system has them', async (t) => {
  const CASES: [what: string, notify: boolean, announcer: boolean, program: boolean, started: object | undefined][] = [
    ['nobody is to be told', false, false, false, undefined],
    ['the system has none', false, false, true, undefined],
    ['the program is not there', false, true, false, undefined],
    ['hotplug', false, true, true, { hotplug: '/usr/sbin/hotplug-call' }],
    ['both', true, true, true, { hotplug: '/usr/sbin/hotplug-call', notify: '/etc/notify' }],
  ];
  for (const [what, notify, announcer, program, started] of CASES) {
    const { router } = await listening(configText(notify ? "notify '/etc/notify'" : ''));
    if (announcer) router.fake.platform = { ...router.fake.platform, announcer: 'hotplug-call' };
    if (program) router.machine.programs['hotplug-call'] = () => ({});
    scripts(router);
    router.fake.answers = { wan1: 'no' };
    await router.check();
    const [{ work } = { work: undefined }] = scripts(router);
    const { list, ...who } = work ?? {};
    t.strictSame(work === undefined ? undefined : who, started, what);
    t.equal(list?.length, started && 1, what);
    t.equal(router.state()?.wans[0]?.verdict.told, undefined, `${what}: all is told`);
  }
});

tap.test('scripts that could not be started are started by the next round', async (t) => {
  const { router, heard } = await listening(configText("notify '/etc/notify'"));
  scripts(router);
  router.machine.detaches = false;
  router.fake.answers = { wan1: 'no' };
  await router.check();
  t.strictSame(scripts(router), []);
  router.machine.detaches = true;
  await router.check();
  t.match(scripts(router), [{ work: { list: [{ full: { WAN: 'wan1', OLD_STATUS: 'up', NEW_STATUS: 'down' } }] } }]);
  await router.check();
  t.strictSame(scripts(router), []);
  t.ok(heard().length > 0);
});

tap.test('without a memory nobody is told again and again', async (t) => {
  const { router, heard } = await listening(configText("notify '/etc/notify'"));
  scripts(router);
  router.machine.refuse = (operation) => (operation === 'create' ? 'ENOSPC' : undefined);
  router.fake.answers = { wan1: 'no' };
  const lines: string[] = [];
  for (let minute = 0; minute < 20; minute++) {
    await router.check();
    lines.push(...heard());
  }
  t.equal(lines.length, 2, 'every ten minutes');
  t.ok(
    lines.every((line) => line.startsWith(`${ERR} `) && line.includes('no space left')),
    'of what is wrong',
  );
  t.strictSame(scripts(router), []);
});

tap.test('a round that could not run tells syslog once, and cron once', async (t) => {
  const { router, heard } = await listening();
  router.fake.platform.observe = () => Promise.reject(new Trouble(EXIT.cannotRun, 'there is no ip', ['install it']));
  await t.rejects(router.check(), { message: 'there is no ip' }, 'whoever started it explains it');
  t.strictSame(heard(), [`${ERR} there is no ip`]);
  t.match(router.state(), {
    exitCode: EXIT.cannotRun,
    complaints: ['there is no ip'],
    wans: [{ verdict: { status: 'up' } }, { verdict: { status: 'up' } }],
  });
  t.equal(await router.check(), EXIT.cannotRun, 'the same again: no more than an exit code');
  t.strictSame(heard(), []);
  t.strictSame(router.machine.printed(), { out: '', err: '' });
});

tap.test('but it is said to whoever watches', async (t) => {
  const CASES: [what: string, watch: (router: Router) => void, isRecorded: boolean][] = [
    ['verbose', (router) => void Object.assign(router.options, { verbose: true }), false],
    ['json', (router) => void Object.assign(router.options, { json: true }), false],
    ['a terminal', (router) => void Object.assign(router.machine, { tty: true }), false],
    ['recorded', () => {}, true],
  ];
  for (const [what, watch, isRecorded] of CASES) {
    const { router, heard } = await listening();
    router.fake.platform.observe = () => Promise.reject(new Trouble(EXIT.cannotRun, 'there is no ip'));
    await t.rejects(router.check(), { message: 'there is no ip' });
    watch(router);
    await t.rejects(router.check(isRecorded), { message: 'there is no ip' }, what);
    t.equal(heard().length, 1, `${what}: syslog knows`);
  }
});

tap.test('another trouble is news, and the same one after a round that ran', async (t) => {
  const { router, heard } = await listening();
  const { observe } = router.fake.platform;
  const fail = (text: string) => {
    router.fake.platform.observe = () => Promise.reject(new Trouble(EXIT.cannotRun, text));
  };
  for (const text of ['one', 'other', 'one']) {
    fail(text);
    await t.rejects(router.check(), { message: text });
    t.strictSame(heard(), [`${ERR} ${text}`]);
  }
  router.fake.platform.observe = observe;
  t.equal(await router.check(), EXIT.ok);
  fail('one');
  await t.rejects(router.check(), { message: 'one' });
});

tap.test('a bug is never left out', async (t) => {
  const { router } = await listening();
  router.fake.platform.observe = () => Promise.reject(new TypeError('a bug'));
  for (let i = 0; i < 2; i++) await t.rejects(router.check(), { message: 'a bug' });
});

tap.test('before any round has run there is no answer for ubus, whatever went wrong', async (t) => {
  const router = new Router('nonsense');
  await t.rejects(router.check(), { exitCode: EXIT.config, message: /line 1: / });
  t.equal(await router.check(), EXIT.config, 'it is remembered all the same');
  t.equal(router.machine.text('/var/run/mini-mwan.status.json'), undefined);
});

tap.test('a round that waited in vain tells syslog, every time', async (t) => {
  const { router, heard } = await listening();
  for (let i = 0; i < 2; i++) {
    await t.rejects(tellAndThrow(router.context(), new Trouble(EXIT.cannotRun, 'another round has held the lock')));
    t.strictSame(heard(), [`${ERR} another round has held the lock`]);
  }
});

tap.test('while the service is stopped, the plan is all there is', async (t) => {
  const router = await settled();
  t.equal(await planUnwatched(router.context(), async () => EXIT.noneUp), EXIT.noneUp);
  t.match(router.machine.printed(), {
    out: '',
    err: /^mini-mwan: the service is stopped, .*:\n {2}\/etc\/init\.d\/mini-mwan start\n/,
  });
});

/** A router at rest whose plugins have nothing to say. */
const withPlugins = async (sections: string, more = '') => {
  const { router } = await listening(`${configText("notify '/etc/notify'", more)}${sections}`);
  await router.check();
  scripts(router);
  return router;
};
const ALERT = "config plugin 'p'\n\toption type 'alert'\n\toption program '/p'\n";
const METRICS = "config plugin 'm'\n\toption type 'metrics'\n\toption program '/m'\n";

tap.test('plugins are run by the same process, once, and again if it could not be started', async (t) => {
  const router = await withPlugins(ALERT);
  t.strictSame(scripts(router), []);
  router.machine.detaches = false;
  router.fake.answers = { wan1: 'no' };
  await router.check();
  t.strictSame(router.state()?.plugins, undefined, 'nobody was told');
  router.machine.detaches = true;
  await router.check();
  const [one, ...more] = scripts(router);
  t.strictSame(more, []);
  t.match(one?.work, {
    notify: '/etc/notify',
    list: [{ full: { WAN: 'wan1' } }],
    plugins: { plugins: [{ name: 'p' }], notices: [{ plugin: 'p', key: 'wan-down:wan1', state: 'begin', from: 'up' }] },
  });
  t.match(router.state()?.plugins, [/^boot /, /^alert p wan-down:wan1 [\d.]+ open$/]);
  await router.check();
  t.strictSame(scripts(router), []);
  t.match(router.state()?.plugins, [/^boot /, /open$/], 'a round with nothing to tell remembers it, too');

  router.machine.bootId = 'other';
  router.machine.uptime = 5;
  router.fake.answers = {};
  await router.check();
  t.match(scripts(router), [{ work: { plugins: { notices: [{ state: 'end', lasted: undefined }] } } }]);

  router.machine.put(CONFIG_FILE, configText());
  await router.check();
  t.strictSame(router.state()?.plugins, undefined, 'nothing is left without plugins');
});

tap.test('a trouble is told by its cause, whatever else is odd', async (t) => {
  const CASES: [what: string, (router: Router) => void, reason: RegExp][] = [
    [
      'a program',
      ({ fake }) => void Object.assign(fake, { answers: { wan1: 'broken', wan2: 'broken' } }),
      /^ping could not be used: /,
    ],
    ['the file', ({ machine }) => void machine.put(CONFIG_FILE, 'nonsense'), /going on by the last one/],
    [
      'all WANs',
      ({ machine }) => void machine.put(CONFIG_FILE, configText().replaceAll('option device', 'option place') + ALERT),
      /^no WAN is left/,
    ],
  ];
  for (const [what, harm, reason] of CASES) {
    const router = await withPlugins(ALERT, "weight 'x'");
    harm(router);
    await router.check();
    const [{ work } = { work: undefined }] = scripts(router);
    const found = work?.plugins.notices.find(({ key }: { key: string }) => key === 'trouble');
    t.match(found?.reason, reason, what);
  }
});

tap.test('a trouble is told, but no trouble of who has no memory', async (t) => {
  const router = await withPlugins(ALERT, "weight 'x'");
  router.fake.kernel.routes.splice(2);
  router.fake.refuse = (words) => (words.includes('eth1') ? 'No' : undefined);
  await router.check();
  t.match(scripts(router), [{ work: { plugins: { notices: [{ key: 'trouble', reason: /refused/ }] } } }]);
  router.machine.refuse = (operation) => (operation === 'create' ? 'ENOSPC' : undefined);
  router.fake.answers = { wan1: 'no' };
  await router.check();
  t.strictSame(scripts(router), []);
});

tap.test('figures of each round need no memory', async (t) => {
  const router = await withPlugins(METRICS);
  const saved = router.machine.listen('rename');
  await router.check();
  t.match(scripts(router), [
    { work: { list: [], plugins: { metrics: { wans: [{ name: 'wan1' }, { name: 'wan2' }] } } } },
  ]);
  const once = saved.length;
  router.machine.put(CONFIG_FILE, configText());
  await router.check();
  saved.length = 0;
  await router.check();
  t.equal(once, saved.length, 'the state is written as often as without');
});

tap.test('a line that stays away is started again, once each time', async (t) => {
  const { router, heard } = await listening(configText('', "restart_after '100'\nrestart_program '/r'"));
  router.fake.answers = { wan1: 'no' };
  const done: number[] = [];
  heard();
  for (let minute = 0; minute < 13; minute++) {
    await router.check();
    for (const { work } of scripts(router)) {
      t.match(work, { list: [], restart: { name: 'wan1', device: 'eth1', program: '/r', number: done.length + 1 } });
      done.push(minute);
    }
  }
  t.strictSame(done, [2, 6], 'after 100 s, and 200 s after that');
  t.equal(heard().filter((line) => line.startsWith(`${NOTICE} wan1 (eth1) is restarted by /r, time `)).length, 2);
  router.machine.detaches = false;
  await router.check();
  t.match(router.state()?.wans[0]?.healing, { restarts: 2 }, 'one that could not be started does not count');
  router.machine.detaches = true;
  await router.check();
  t.match(scripts(router), [{ work: { restart: { number: 3 } } }], 'and 400 s after that');
  t.match(router.state()?.wans[0]?.healing, { restarts: 3 });
});
