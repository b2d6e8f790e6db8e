import { join } from 'node:path';
import tap from 'tap';
import { FLOOD, QUICK, runRound, verdicts } from './fault.js';
import { type Lab, until } from './lab.js';
import type { Host } from './namespaces.js';
import { expectQuiet, onEachEngine, scenario } from './scenario.js';

tap.jobs = 3;

/** ms that a server gets to start on a busy machine. */
const PATIENCE = 20_000;

/** A server of web pages, by their paths; with a certificate, of secure ones, too. */
const SERVER = `
const [code, port, secure, certificate, key] = process.argv.slice(1);
const { readFileSync } = require('node:fs');
const answer = ({ url, headers }, page) => {
  const forever = () => {
    const timer = setInterval(() => page.write('x'.repeat(10_000)), 1);
    page.on('close', () => clearInterval(timer));
  };
  if (url === '/generate_204') page.writeHead(Number(code), { location: 'http://192.0.2.1/login' });
  if (url.startsWith('/status/')) page.writeHead(Number(url.slice(8)));
  if (url.startsWith('/forever')) return page.write('Success '), forever();
  if (url === '/silent') return;
  page.end('hello from ' + headers.host);
};
require('node:http').createServer(answer).listen(Number(port));
if (secure) {
  const pair = { cert: readFileSync(certificate), key: readFileSync(key) };
  require('node:https').createServer(pair, answer).listen(Number(secure));
}
`;

/** Starts the server; resolves when it listens. @param code what it answers to those who ask whether there is an Internet */
async function serve(host: Host, code: number, port: number, secure: string[] = []): Promise<void> {
  host.start(process.execPath, ['-e', SERVER, String(code), String(port), ...secure]).catch(() => {});
  await listens(host, port);
  if (secure[0] !== undefined) await listens(host, Number(secure[0]));
}

async function listens(host: Host, port: number): Promise<void> {
  const sockets = ['-n', '-l', '-t', '-u', '-H'];
  await until(async () => (await host.run('ss', sockets)).stdout.includes(`:${port} `), PATIENCE);
}

/** Web pages on both addresses of the Internet, with a certificate for one of them and a name; and a name server. */
async function populate(lab: Lab): Promise<{ certificate: string }> {
  const [certificate, key] = [join(lab.folder, 'certificate'), join(lab.folder, 'key')];
  const names = 'subjectAltName=IP:1.1.1.1,DNS:portal.example';
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];
  const files = ['-subj', '/CN=lab', '-addext', names, '-keyout', key, '-out', certificate];
  await lab.internet.run('openssl', ['req', ...made, ...files]);
  const dns = ['-k', '-C', '/dev/null', '-R', '-h', '--address=/a.example/192.0.2.7', '-u', 'root', '-x', ''];
  lab.internet.start('dnsmasq', [...dns, '--listen-address=8.8.8.8', '--bind-interfaces']).catch(() => {});
  await serve(lab.internet, 204, 80, ['443', certificate, key]);
  await listens(lab.internet, 53);
  return { certificate };
}

/** A round by a router that trusts the certificate, and what it saw on each line: which targets answered. */
async function look(lab: Lab, trusted: string, env: Record<string, string> = {}) {
  const trust = `mount --bind ${trusted} /etc/ssl/certs/ca-certificates.crt && exec "$@"`;
  const { stdout, stderr, exitCode } = await lab.mwan('check --verbose', { by: ['sh', '-c', trust, 'sh'], env });
  const lines = [...stderr.matchAll(/^wan\d .*? via [\d.]+ {2}(.*?) {2}/gm)].map(([, seen = '']) =>
    seen.split(', ').map((words) => words.replace(/ \d[\d.]* ms$/, ' answered')),
  );
  return { stdout, stderr, exitCode, lines };
}

const METHODS = ['http://1.1.1.1/', 'https://1.1.1.1/', 'tcp://8.8.8.8', 'dns://8.8.8.8/a.example'];
/** What stops each of them at an ISP. */
const CUTS = [
  'ip daddr 1.1.1.1 tcp dport 80 drop',
  'ip daddr 1.1.1.1 tcp dport 443 drop',
  'ip daddr 8.8.8.8 tcp dport 443 drop',
  'ip daddr 8.8.8.8 udp dport 53 drop',
];

onEachEngine('each by its own line, whichever is the better one', [{}, {}], async (t, lab) => {
  const { certificate } = await populate(lab);
  const rules = CUTS.map((rule) => `add rule ip lab count ip saddr @own ${rule.replace('drop', 'counter')}`);
  for (const i of [1, 2]) {
    // Only what has the address of the line itself.
    const own = `add set ip lab own { type ipv4_addr; elements = { 100.64.${i}.2 }; }`;
    const chain = 'add chain ip lab count { type filter hook forward priority -1; }';
    await lab.isp(i).nft([own, chain, ...rules].join('\n'));
  }
  const counted = async (i: number) => {
    const { stdout } = await lab.isp(i).run('nft', ['list', 'chain', 'ip', 'lab', 'count']);
    return [...stdout.matchAll(/counter packets (\d+)/g)].map(([, packets]) => Number(packets) > 0);
  };
  const configure = (reliability: number) =>
    lab.configureAll({ ...QUICK, ping_timeout: 2, failure_threshold: 1, ping_target: METHODS, reliability });
  await configure(4);
  const all = METHODS.map((target) => `${target} answered`);
  const well = await look(lab, certificate, { http_proxy: 'http://127.0.0.1:9', HOME: lab.folder });
  t.strictSame(well.lines, [all, all]);
  for (const i of [1, 2]) t.strictSame(await counted(i), [true, true, true, true], `packets of each at ISP ${i}`);

  const cut = async (i: number, which: number[]) => {
    await lab.isp(i).nft(['flush chain ip lab cut', ...which.map((n) => `add rule ip lab cut ${CUTS[n]}`)].join('\n'));
  };
  // Of four, three are to answer: so nobody stops before each has been heard, or has been silent.
  await configure(3);
  for (const [first, second] of [
    [
      [0, 3],
      [1, 2],
    ],
    [
      [1, 2],
      [0, 3],
    ],
  ] as [number[], number[]][]) {
    await cut(1, first);
    await cut(2, second);
    const { lines, stderr } = await look(lab, certificate);
    const silent = lines.map((seen) => seen.flatMap((words, n) => (words === all[n] ? [] : [n])));
    t.strictSame(silent, [first, second], stderr);
  }
  // A line that only this finds dead.
  await cut(1, [0, 1]);
  await cut(2, []);
  await look(lab, certificate);
  t.equal(await lab.exit(), 'eth2');
  t.ok((await lab.router.run('ping', ['-c', '1', '-W', '1', '-I', 'eth1', '1.1.1.1'])).exitCode === 0, 'pings pass');
  const { stdout } = await lab.mwan('status');
  t.match(stdout, /wan1 has been down .*: no reply from http:.*https:.*\. Look at: mini-mwan check --verbose$/m);
  // They are measured, too.
  await lab.configureAll({ ...QUICK, ping_target: METHODS, reliability: 2, check_quality: 1 });
  await look(lab, certificate);
  const { quality } = JSON.parse((await lab.mwan('status --json')).stdout).wans[1];
  t.match(quality, { packets: 1, loss_percent: 0, rtt_average_ms: Number });
});

scenario('who answers, and not as it should', [{}, {}], async (t, lab) => {
  const { certificate } = await populate(lab);
  const CASES: [options: Record<string, string | number>, words: string][] = [
    [{ ping_target: 'https://1.1.1.1/', http_host: 'portal.example' }, 'answered'],
    [{ ping_target: 'https://1.1.1.1/', http_host: 'other.example' }, 'its certificate is not valid'],
    [{ ping_target: 'https://8.8.8.8/' }, 'its certificate is not valid'],
    [{ ping_target: 'http://8.8.8.8', http_host: 'a.example', http_text: 'from a.example' }, 'answered'],
    [{ ping_target: 'http://8.8.8.8/status/302' }, 'status 302'],
    [{ ping_target: 'http://8.8.8.8/status/302', http_status: 302 }, 'answered'],
    [{ ping_target: 'http://8.8.8.8/forever', http_text: 'Success' }, 'answered'],
    [{ ping_target: 'http://8.8.8.8/forever', http_text: 'Failure' }, 'another text'],
    [{ ping_target: 'http://8.8.8.8/silent' }, 'lost'],
    [{ ping_target: 'http://8.8.8.8:81/' }, 'lost'],
    [{ ping_target: 'http://8.8.8.8:53/' }, 'lost'],
    [{ ping_target: '8.8.8.8:53', track_method: 'tcp' }, 'answered'],
    [{ ping_target: 'tcp://8.8.8.8:81' }, 'lost'],
    [{ ping_target: 'dns://8.8.8.8' }, 'REFUSED'],
    [{ ping_target: 'dns://8.8.8.8/other.example' }, 'REFUSED'],
    [{ ping_target: 'dns://1.1.1.1' }, 'lost'],
  ];
  const count = 'add chain ip lab count { type filter hook forward priority -1; }\nadd rule ip lab count counter';
  await lab.isp(1).nft(count);
  for (const [options, words] of CASES) {
    await lab.configure({ wan1: { device: 'eth1', ...QUICK, failure_threshold: 1, ...options } });
    const { lines, exitCode } = await look(lab, certificate);
    const target = options.track_method ? 'tcp://8.8.8.8:53' : options.ping_target;
    t.strictSame([lines, exitCode], [[[`${target} ${words}`]], words === 'answered' ? 0 : 1]);
  }
  const { stdout } = await lab.isp(1).run('nft', ['list', 'chain', 'ip', 'lab', 'count']);
  const bytes = Number(/bytes (\d+)/.exec(stdout)?.[1]);
  // What is in the buffers of the kernel has come; what a server would send in a second is a hundred times as much.
  t.ok(bytes > 10_000 && bytes < 10_000_000, `what sends for ever is not listened to for long: ${bytes} bytes`);
});

scenario('a captive portal', [{}, {}], async (t, lab) => {
  await populate(lab);
  const url = 'http://1.1.1.1/generate_204';
  await lab.configureAll({ ...QUICK, ping_target: url, http_status: 204, http_host: 'check.example' });
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1');
  await serve(lab.isp(1), 302, 8080);
  await lab.isp(1).nft(`table ip portal { chain pre { type nat hook prerouting priority -100; }; }
add rule ip portal pre iifname "wan" tcp dport 80 redirect to :8080`);
  t.equal((await lab.mwan('check')).stdout, `wan1 (eth1) down: ${url}: status 302`);
  t.equal(await lab.exit(), 'eth2');
  t.equal((await lab.router.run('ping', ['-c', '1', '-W', '1', '-I', 'eth1', '1.1.1.1'])).exitCode, 0, 'pings pass');
  await lab.isp(1).nft('flush chain ip portal pre');
  await lab.later();
  await lab.mwan('check');
  t.equal(await lab.exit(), 'eth1', 'who has paid is on the Internet');
  await expectQuiet(t, lab);
});

scenario('neighbours', [{}, {}], async (t, lab) => {
  const configure = async (first: number, second: number) => {
    const wan = (i: number, target: number) => ({
      device: `eth${i}`,
      metric: i,
      ping_target: `arping://100.64.${target}.1`,
    });
    await lab.configure({ wan1: { ...QUICK, ...wan(1, first) }, wan2: { ...QUICK, ...wan(2, second) } });
    await lab.later().catch(() => {});
    await lab.mwan('check');
    return verdicts(lab);
  };
  const counter = 'table arp lab { chain asked { type filter hook input priority 0; }; }';
  for (const i of [1, 2]) {
    await lab.isp(i).nft(`${counter}\nadd rule arp lab asked arp operation request arp saddr ip 100.64.${i}.2 counter`);
  }
  for (const program of ['', 'exec busybox arping "$@"']) {
    if (program !== '') await lab.replace('arping', program);
    t.strictSame(await configure(1, 2), ['up', 'up']);
    for (const i of [1, 2]) {
      const { stdout } = await lab.isp(i).run('nft', ['list', 'table', 'arp', 'lab']);
      t.ok(Number(/packets (\d+)/.exec(stdout)?.[1]) > 0, `a question at ISP ${i}`);
    }
    t.strictSame(await configure(2, 2), ['down', 'up'], 'the gateway of the other line is not there');
    t.equal(await lab.exit(), 'eth2');
  }
});

scenario('a program that is missing, or that is at fault', [{}], async (t, lab) => {
  const configure = (target: string) => lab.configureAll({ ...QUICK, ping_target: target });
  await lab.configureAll({ ...QUICK, ping_target: ['http://1.1.1.1', 'dns://1.1.1.1', '8.8.8.8'] });
  const programs = ['curl', 'socat', 'arping'];
  const { stdout } = await lab.mwan('validate', { hide: programs });
  t.match(
    stdout,
    "warning: the program 'curl' is not there: http://1.1.1.1 cannot be asked\n    on Debian: apt-get install curl",
  );
  t.match(
    stdout,
    "warning: the program 'socat' is not there: dns://1.1.1.1 cannot be asked\n    on Debian: apt-get install socat",
  );
  t.notMatch(stdout, 'arping', 'nobody needs it');
  t.notMatch((await lab.mwan('validate')).stdout, 'is not there');

  await lab.mwan('check');
  const { stderr } = await lab.mwan('check --verbose', { hide: programs });
  t.match(stderr, /8\.8\.8\.8 (\d[\d.]* ms|not asked)/, 'what is pinged is pinged');
  const targets = ['http://1.1.1.1', 'dns://1.1.1.1', 'arping://100.64.1.1'];
  for (const [i, target] of targets.entries()) {
    const program = programs[i] as string;
    await configure(target);
    const missing = { says: new RegExp(`${program} could not be used: not found; the verdicts stay`), exitCode: 3 };
    await runRound(t, lab, missing, { hide: [program] });
    const faults: [script: string, words: string][] = [['head -c 2000 /dev/urandom | tr "\\0" x', '']];
    if (program === 'curl') {
      faults.push([FLOOD, 'printed far too much'], ['trap "" TERM; while :; do sleep 100; done', 'no end after 2 s']);
    }
    for (const [script, words] of faults) {
      await lab.replace(program, script);
      const says = new RegExp(`${program} could not be used: ${words}`);
      await runRound(t, lab, { says, exitCode: 3 });
    }
    await lab.replace(program, 'exit 0');
    t.match(await lab.mwan('check'), { exitCode: 3, stderr: /could not be used: printed nothing/ });
  }
  t.strictSame(await verdicts(lab), ['up'], 'nothing was learned of the line');
});
