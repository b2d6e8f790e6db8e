import tap from 'tap';
import { EXIT } from '../../lib/explain.js';
import { makeLink } from '../make.js';
import { CONFIG_FILE, configText, HASH_POLICY, Router, STATE_FILE, settled } from './router.js';

const QUIET = { out: '', err: '' };

tap.test('the first round tells what it found, the next ones nothing', async (t) => {
  const router = new Router();
  t.equal(await router.check(), EXIT.ok);
  const { out, err } = router.machine.printed();
  t.match(out, /^wan1 \(eth1\) up: .*\nwan2 \(eth2\) up: .*\n$/);
  t.equal(err, '');
  t.strictSame(router.fake.ours(), ['eth1', 'eth2']);
  const written = router.machine.listen('create');
  for (let i = 0; i < 3; i++) {
    await router.check();
    t.strictSame(router.machine.printed(), QUIET);
  }
  const each = [`${STATE_FILE}.42.tmp`, `${STATE_FILE}.json.42.tmp`];
  t.strictSame(written, [...each, ...each, ...each], 'and write no more than the state and the answer for ubus');
});

tap.test('what changed is printed: a status, or else a route that was put back', async (t) => {
  const router = await settled();
  router.fake.answers = { wan1: 'no' };
  await router.check();
  t.strictSame(router.machine.printed(), { out: 'wan1 (eth1) down: no reply from 1.1.1.1\n', err: '' });
  const { routes } = router.fake.kernel;
  routes.splice(
    routes.findIndex(({ protocol }) => protocol === '77'),
    1,
  );
  await router.check();
  t.strictSame(router.machine.printed(), { out: '+ default via 10.0.2.1 dev eth2 metric 20\n', err: '' });
});

tap.test('whoever asks for more gets all of it on stderr, in its order', async (t) => {
  const router = await settled();
  router.options = { ...router.options, verbose: true };
  router.fake.answers = { wan1: 'no' };
  await router.check();
  const { out, err } = router.machine.printed();
  t.equal(out, 'wan1 (eth1) down: no reply from 1.1.1.1\n');
  const [first, second, command, summary] = err.split('\n');
  t.match(first, /^wan1 +eth1 .* 1\.1\.1\.1 lost +down/);
  t.match(second, /^wan2 +eth2 .* 12\.0 ms +up/);
  t.match(command, /^\[#\] ip route del default via 10\.0\.1\.1 dev eth1 metric 10 proto 77$/);
  t.match(summary, /^1 change, \d+ ms$/);
});

tap.test('JSON is one line, whatever happened, and all that is on stdout', async (t) => {
  const router = new Router(configText('', "ping_count 'ten'"));
  router.options = { ...router.options, json: true };
  for (const transitions of [2, 0]) {
    await router.check();
    const { out } = router.machine.printed();
    t.equal(out.indexOf('\n'), out.length - 1);
    const said = JSON.parse(out);
    t.match(said, { exit_code: 0, dry_run: false, mode: 'failover', problems: [/option ping_count 'ten'/] });
    t.match(said.wans, [{ name: 'wan1', status: 'up', rtt_ms: 12 }, { name: 'wan2' }]);
    t.equal(said.transitions.length, transitions);
  }
});

tap.test('a dry run tells what it would do, and does nothing', async (t) => {
  const router = new Router(configText("mode 'multiuplink'\nhash_policy 'l4'"));
  const { exitCode } = await router.round({ dryRun: true });
  t.equal(exitCode, EXIT.ok);
  t.match(router.machine.printed().out, /\n\+ default metric 10 nexthop .*\n1 change not made \(dry run\), \d+ ms\n$/);
  t.strictSame(router.fake.applied, []);
  t.strictSame(router.fake.ours(), []);
  t.equal(router.machine.text(STATE_FILE), undefined);
  t.equal(router.machine.text(`${STATE_FILE}.config`), undefined);
  t.equal(router.machine.text(HASH_POLICY), '0\n');
  router.options = { ...router.options, verbose: true };
  await router.round({ dryRun: true });
  t.match(
    router.machine.printed().err,
    /^\[#\] ip route add default metric 10 proto 77 nexthop .*\n$/m,
    'by which commands',
  );
});

tap.test('a complaint is said once, and again where somebody watches', async (t) => {
  const bad = configText('', "ping_count 'ten'");
  const router = new Router(bad);
  const heard = async () => {
    await router.check();
    return router.machine
      .printed()
      .err.split('\n')
      .filter((line) => line.startsWith('mini-mwan: '));
  };
  const count = `mini-mwan: ${CONFIG_FILE}, line 7: option ping_count 'ten': `;
  const weight = `mini-mwan: ${CONFIG_FILE}, line 8: option weight 'x': `;
  const said = (lines: string[], beginnings: string[]) =>
    lines.length === beginnings.length && lines.every((line, i) => line.startsWith(beginnings[i] as string));
  t.ok(said(await heard(), [count]), 'at first');
  t.ok(said(await heard(), []), 'not a second time');
  router.machine.put(CONFIG_FILE, configText('', "ping_count 'ten'\nweight 'x'"));
  t.ok(said(await heard(), [weight]), 'the new one only');
  router.options = { ...router.options, verbose: true };
  t.ok(said(await heard(), [count, weight]), 'all of them, if that is asked for');
  router.options = { ...router.options, verbose: false };
  router.machine.tty = true;
  t.ok(said(await heard(), [count, weight]), 'and at a terminal');
  router.machine.tty = false;
  t.ok(said(await heard(), []), 'cron hears of it no more');
  router.machine.put(CONFIG_FILE, configText());
  t.ok(said(await heard(), []), 'mended');
  router.machine.put(CONFIG_FILE, bad);
  t.ok(said(await heard(), [count]), 'and wrong again');
});

tap.test('with it comes what to do, in the words of this system', async (t) => {
  const router = await settled();
  router.fake.answers = { wan1: 'broken', wan2: 'broken' };
  t.equal(await router.check(), EXIT.cannotRun);
  const lines = router.machine.printed().err.split('\n');
  t.match(lines[0], /^mini-mwan: ping could not be used: nonsense; the verdicts stay as they were$/);
  t.match(lines[1], /^ {2}try: ping /);
  t.match(lines[2], /^ {2}.*busybox ping$/);
});

tap.test('more complaints than anybody mends are told by their number', async (t) => {
  const router = new Router(configText(Array.from({ length: 120 }, (_, i) => `odd${i} '1'`).join('\n')));
  await router.check();
  const lines = router.machine
    .printed()
    .err.split('\n')
    .filter((line) => line.startsWith('mini-mwan: '));
  t.equal(lines.length, 101);
  t.equal(lines.at(-1), 'mini-mwan: and 20 more: mini-mwan validate');
  t.equal(router.state()?.complaints.length, 101);
});

tap.test('how a round ends', async (t) => {
  const CASES: [what: string, prepare: (router: Router) => void, exitCode: number, says: RegExp][] = [
    ['a WAN is up', (router) => Object.assign(router.fake.answers, { wan1: 'no' }), EXIT.ok, /^$/],
    ['none is', (router) => Object.assign(router.fake.answers, { wan1: 'no', wan2: 'no' }), EXIT.noneUp, /^$/],
    [
      'a route is refused',
      (router) => {
        router.fake.kernel.routes.splice(2);
        router.fake.refuse = (words) => (words.includes('eth1') ? 'RTNETLINK answers: No' : undefined);
      },
      EXIT.routes,
      /refused\n {2}RTNETLINK answers: No\n/,
    ],
    ['disabled', (router) => router.machine.put(CONFIG_FILE, configText("enabled '0'")), EXIT.ok, /: disabled; /],
    [
      'no WAN is left',
      (router) => router.machine.put(CONFIG_FILE, configText().replace(/list ping_target '.*'/g, "option enabled '0'")),
      EXIT.config,
      /no WAN is left that can be used/,
    ],
    [
      'no ping is understood',
      (router) => Object.assign(router.fake.answers, { wan1: 'broken', wan2: 'broken' }),
      EXIT.cannotRun,
      /ping could not be used/,
    ],
  ];
  for (const [what, prepare, exitCode, says] of CASES) {
    const router = await settled();
    prepare(router);
    t.equal(await router.check(), exitCode, what);
    t.match(router.machine.printed().err, says, what);
    t.equal(router.state()?.exitCode, exitCode, `${what}: it is remembered`);
  }
});

tap.test('what could not be told is told by the next round', async (t) => {
  const router = await settled();
  router.fake.answers = { wan1: 'no' };
  const { result } = await router.round();
  t.equal(result.transitions.length, 1);
  // Killed here, before anybody was told.
  const again = await router.round();
  t.match(again.result.transitions, [{ name: 'wan1', from: 'up', to: 'down' }]);
  await router.check();
  t.strictSame((await router.round()).result.transitions, [], 'told');
});

tap.test('a complaint that could not be told, too', async (t) => {
  const router = await settled();
  router.machine.put(CONFIG_FILE, configText('', "ping_count 'ten'"));
  await router.round();
  t.strictSame(router.state()?.complaints, [], 'not yet');
  await router.check();
  t.match(router.state()?.complaints, [/option ping_count 'ten'/]);
});

tap.test('without room for a state, it complains and tells nothing that would be news every time', async (t) => {
  const router = await settled();
  router.machine.refuse = (operation) => (operation === 'create' ? 'ENOSPC' : undefined);
  router.fake.answers = { wan1: 'no' };
  for (let i = 0; i < 2; i++) {
    const { unsaved } = await router.round();
    t.ok(unsaved?.lost);
    t.strictSame(router.machine.printed(), {
      out: '',
      err: `mini-mwan: ${STATE_FILE} cannot be written: no space left; the next round remembers nothing\n`,
    });
  }
  t.strictSame(router.fake.ours(), ['eth2'], 'but it acts');
  router.options = { ...router.options, verbose: true };
  await router.round();
  t.match(router.machine.printed().out, /^wan1 \(eth1\) down: /, 'all of it, where somebody watches');
});

tap.test('then it is time to say it again every ten minutes', async (t) => {
  const router = await settled();
  router.machine.refuse = (operation) => (operation === 'create' ? 'ENOSPC' : undefined);
  const reminders: boolean[] = [];
  for (let minute = 0; minute < 30; minute++) reminders.push((await router.round()).reminder);
  t.equal(reminders.filter(Boolean).length, 3);
});

tap.test('a file that means nothing any more: on by the last one that did', async (t) => {
  const router = await settled();
  router.machine.put(CONFIG_FILE, `${configText()}config`);
  router.fake.answers = { wan1: 'no' };
  t.equal(await router.check(), EXIT.config);
  const { out, err } = router.machine.printed();
  t.match(out, /^wan1 \(eth1\) down: /, 'the lines are watched all the same');
  t.match(
    err,
    /^mini-mwan: .*, line 11: .*; going on by the last one that could be read\n {2}see: mini-mwan validate\n$/,
  );
  t.strictSame(router.fake.ours(), ['eth2']);
  router.machine.put(CONFIG_FILE, configText("mode 'multiuplink'"));
  t.equal(await router.check(), EXIT.ok);
  router.machine.put(CONFIG_FILE, 'nonsense');
  await router.check();
  t.equal(router.state()?.mode, 'multiuplink', 'the mended one is kept');
});

tap.test('what others found out before it is said with the rest', async (t) => {
  const router = await settled();
  await router.round({ unlocked: 'no lock', remembered: { problem: 'the state was odd' } });
  const { err } = router.machine.printed();
  t.match(err, /^mini-mwan: no lock\nmini-mwan: the state was odd\n$/);
});

tap.test('the hash policy is set where flows are shared, and then what it was', async (t) => {
  const shared = configText("mode 'multiuplink'\nhash_policy 'l4'");
  const router = await settled();
  const policy = () => router.machine.text(HASH_POLICY)?.trim();
  for (const [text, expected] of [
    [shared, '1'],
    [configText("hash_policy 'l4'"), '0'],
    [shared, '1'],
    [shared.replace("enabled '1'", "enabled '0'"), '0'],
  ] as const) {
    router.machine.put(CONFIG_FILE, text);
    await router.check();
    t.equal(policy(), expected);
  }
  router.machine.refuse = (operation, path) =>
    operation === 'openToWrite' && path === HASH_POLICY ? 'EROFS' : undefined;
  router.machine.put(CONFIG_FILE, shared);
  router.machine.printed();
  t.equal(await router.check(), EXIT.ok, 'it is no reason to fail');
  t.match(router.machine.printed().err, /option hash_policy: it cannot be set: the file system is read-only/);
});

tap.test('a line without a link is told as such', async (t) => {
  const router = await settled();
  router.fake.links = [makeLink('eth1', { state: 'no_carrier' }), makeLink('eth2')];
  await router.check();
  t.match(router.machine.printed().out, /^wan1 \(eth1\) no link: /);
  t.strictSame(router.fake.ours(), ['eth2']);
});
