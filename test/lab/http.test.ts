import tap, { type Test } from 'tap';
import { parseExposition } from '../report/exposition.js';
import { type Lab, TARGETS, until } from './lab.js';
import { Machine } from './machine.js';
import { scenario } from './scenario.js';

/** Runs as nobody, and lets only the LAN client and the router's own address in. */
const LIGHTTPD = `server.document-root = "/usr/lib"
server.port = 8081
server.modules = ("mod_access", "mod_cgi")
$HTTP["url"] =~ "^/cgi-bin/" { cgi.assign = ("" => "") }
$HTTP["remoteip"] != "192.168.1.2" { url.access-deny = ("") }
`;
const HTTPD = 'A:192.168.1.2\nD:*\n';
const SERVERS = {
  lighttpd: {
    port: 8081,
    start: 'setpriv --reuid 65534 --regid 65534 --clear-groups lighttpd -D -f /etc/lighttpd.conf',
  },
  'BusyBox httpd': { port: 8082, start: 'busybox httpd -f -p 8082 -h /usr/lib -c /etc/httpd.conf' },
};

/** What the LAN client gets. */
async function get(lab: Lab, port: number, path: string, ...options: string[]) {
  const url = `http://192.168.1.1:${port}/cgi-bin/mini-mwan${path}`;
  const { stdout } = await lab.client.run('curl', ['-s', '-i', '-m', '10', ...options, url], { reject: false });
  const [head = '', ...body] = stdout.split(/\r?\n\r?\n/);
  return { code: Number(/^HTTP\/1\.\d (\d+)/.exec(head)?.[1]), head, body: body.join('\n\n') };
}

interface Page {
  data: { timestamp: string; wan_name: string; metric_name: string; granularity: string }[];
  metadata: { total_count: number; returned_count: number; next: string | null };
}

/** Each page of what is asked, by what leads from one to the next. */
async function pages(lab: Lab, port: number, query: string, next: (page: Page, count: number) => string | null) {
  const all: Page[] = [];
  for (let asked: string | null = query; asked !== null && all.length < 100; ) {
    const { code, body } = await get(lab, port, `/metrics/history?${asked}`);
    if (code !== 200) throw new Error(`${code} ${body}`);
    const page: Page = JSON.parse(body);
    all.push(page);
    asked = next(page, all.length);
  }
  return all;
}

async function tellsThePast(t: Test, lab: Lab, machine: Machine, name: string, port: number) {
  const none = await get(lab, port, '/metrics/history');
  t.match([none.code, JSON.parse(none.body)], [503, { reasons: [/^there is no history/, /option history '1'/] }], name);
  await machine.run('sed -i "s/^.option enabled.*/&\\n\\toption history \'1\'/" /etc/config/mini-mwan');
  for (let i = 0; i < 4; i++) await machine.run('mini-mwan check; sleep 1');
  // What it prints was written.
  const { stdout } = await machine.run('mini-mwan history --json --last 1h');
  const written: Page['data'] = JSON.parse(stdout).data;
  t.ok(written.length >= 4 * 2 * 4, `${name}: ${written.length} records`);
  const whole = await pages(lab, port, 'range=1h&limit=10000', ({ metadata }) => metadata.next);
  t.strictSame(whole[0]?.data, written, 'in one');
  const byKey = await pages(lab, port, 'range=1h&limit=7', ({ metadata }) => metadata.next);
  t.strictSame(
    byKey.flatMap(({ data }) => data),
    written,
    `${name}: page by page, each is there, and once`,
  );
  t.ok(byKey.length > 4 && byKey.every(({ metadata }) => metadata.total_count === written.length));
  const byOffset = await pages(lab, port, 'range=1h&limit=9&offset=0', ({ metadata }, count) =>
    metadata.returned_count < 9 ? null : `range=1h&limit=9&offset=${9 * count}`,
  );
  t.strictSame(
    byOffset.flatMap(({ data }) => data),
    written,
    `${name}: by offsets, too`,
  );
  const [some] = await pages(lab, port, 'metrics=rtt,state&wan=wan2', () => null);
  const wanted = written.filter((one) => one.wan_name === 'wan2' && /^(rtt_ms|state)$/.test(one.metric_name));
  t.strictSame(some?.data, wanted);
  for (const [query, reason] of [
    ['range=100y', /range is no span/],
    ['range=5200w', /more than ten years/],
    ['from=1926-01-01', /more than ten years/],
    ['range=1h&from=2026-01-01', /range and from contradict each other/],
    ['from=2026-13-01', /from 2026-13-01: not a time/],
    ['from=2026-01-02&to=2026-01-01', /is over before/],
    ['metrics=rtt,sqlite_master', /there is no sqlite_master but/],
    ["wan=wan1'%20OR%20'1'='1", /history knows no WAN 'wan1' OR '1'='1' but wan1, wan2/],
    ["wan=';.shell%20touch%20/run/hit", /knows no WAN/],
    ['limit=0', /limit is no number from 1 to 10000/],
    ['offset=1&after=2026-01-01T00:00:00Z~state~raw~wan1', /contradict/],
    ["after=2026-01-01T00:00:00Z~state~raw~'", undefined],
    ['last=1h', /only these parameters are known here: range/],
  ] as const) {
    const { code, head, body } = await get(lab, port, `/metrics/history?${query}`);
    t.match(head, /content-type: application\/json/i);
    if (reason === undefined) t.equal(code, 200, query);
    else t.match([code, JSON.parse(body)], [400, { status: 400, reasons: [reason] }], `${name}: ${query}`);
  }
  await machine.run("sed -i '/history/d' /etc/config/mini-mwan");
}

async function answers(t: Test, lab: Lab, machine: Machine, name: string, port: number) {
  const expectCodes = async (code: number, paths: string[], ...options: string[]) => {
    for (const path of paths)
      t.equal((await get(lab, port, path, ...options)).code, code, `${name}: ${options} ${path}`);
  };
  t.match(
    await get(lab, port, '/health'),
    { code: 503, head: /content-type: application\/json/i, body: /"no round has run yet"/ },
    name,
  );
  await expectCodes(503, ['/metrics', '/status']);

  t.equal((await machine.run('mini-mwan check')).exitCode, 0);
  const health = await get(lab, port, '/health');
  t.match(
    [health.code, JSON.parse(health.body)],
    [200, { healthy: true, reasons: [], wans: [{ name: 'wan1', status: 'up' }, {}] }],
  );
  t.match(await get(lab, port, '/health', '-I'), { code: 200, body: /^$/ }, 'the head only');
  const metrics = await get(lab, port, '/metrics?also=mwan3');
  t.match(metrics.head, /content-type: text\/plain; version=0\.0\.4/i);
  const names = parseExposition(`${metrics.body}\n`).map(({ name }) => name);
  t.ok(names.includes('mini_mwan_wan_up') || names.some((one) => one.startsWith('mini_mwan_')), `${names}`);
  t.ok(
    names.some((one) => one.startsWith('mwan3_')),
    'by the names of mwan3, too',
  );
  const status = JSON.parse((await get(lab, port, '/status')).body);
  t.match(status, { mode: 'failover', wans: [{ name: 'wan1', in_use: true }, { name: 'wan2' }] });

  await tellsThePast(t, lab, machine, name, port);

  await expectCodes(404, ['', '/', '/nothing', '/health/x', '/status;reboot']);
  await expectCodes(405, ['/health'], '-X', 'POST', '-d', 'x=1');
  await expectCodes(400, [
    '/health?x=1',
    '/metrics?also=%zz',
    "/metrics?also=mwan3';touch%20/run/hit;'",
    '/metrics?$(touch%20/run/hit)',
    '/status?--help+restore',
  ]);
  t.not((await machine.run('test -e /run/hit')).exitCode, 0, 'nothing of it was started');
  const { stdout } = await machine.run(
    `curl -s -o /dev/null -w '%{http_code}' http://192.168.1.1:${port}/cgi-bin/mini-mwan/health`,
  );
  t.equal(stdout, '403', 'the server says who may ask');

  await machine.run("sed -i 's/^uptime=.*/uptime=1.00/' /run/mini-mwan.status");
  t.match(await get(lab, port, '/health'), { code: 503, body: /nobody watches the lines/ }, 'what is stale');
  await machine.run('mini-mwan restore; rm -f /run/mini-mwan.status*');
}

scenario('what is asked of it by HTTP', [{}, {}], async (t, lab) => {
  const machine = await Machine.create(lab);
  // On the machine, /var/run is /run.
  await machine.run('test "$(readlink -f /var/run)" = /run');
  const wan = (i: number) =>
    `config interface 'wan${i}'\n\toption device 'eth${i}'\n\toption metric '${i}'\n${TARGETS.map((target) => `\tlist ping_target '${target}'\n`).join('')}`;
  const config = `config settings 'settings'\n\toption enabled '1'\n${wan(1)}${wan(2)}`;
  const before = (await machine.run('ls /usr/lib/cgi-bin')).stdout;
  t.equal((await machine.mwan('install')).exitCode, 0);
  t.equal((await machine.run('ls /usr/lib/cgi-bin')).stdout, before, 'only where it is asked for');
  t.match((await machine.mwan('install --http')).stdout, /^created {4}\/usr\/lib\/cgi-bin\/mini-mwan$/m);
  t.match((await machine.mwan('install')).stdout, /^unchanged {2}\/usr\/lib\/cgi-bin\/mini-mwan$/m, 'it stays');
  await machine.write('/etc/config/mini-mwan', config);
  await machine.write('/etc/lighttpd.conf', LIGHTTPD);
  await machine.write('/etc/httpd.conf', HTTPD);
  await machine.run('mkdir -p /run/log');
  for (const [name, { port, start }] of Object.entries(SERVERS)) {
    const { stdout: pid } = await machine.run(`${start} >/run/log/web 2>&1 & echo $!`);
    await until(async () => (await get(lab, port, '/nothing')).code === 404).catch(async (error) => {
      throw new Error(`${name}: ${(await machine.run('cat /run/log/web')).stdout}`, { cause: error });
    });
    await answers(t, lab, machine, name, port);
    await machine.run(`kill ${pid}`);
  }
  t.match(await machine.run('mini-mwan cgi'), { exitCode: 2, stderr: /cgi is for a web server/ });
  t.match((await machine.run('mini-mwan uninstall')).stdout, /^removed {2}\/usr\/lib\/cgi-bin\/mini-mwan$/m);
  t.equal((await machine.run('ls /usr/lib/cgi-bin')).stdout, before);
});

tap.jobs = 1;
