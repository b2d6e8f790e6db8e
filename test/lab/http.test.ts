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
