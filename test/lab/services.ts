import { type Lab, until } from './lab.js';
import type { Host } from './namespaces.js';

/** Says what it hears. The services are words: `tcp 0.0.0.0 8080`. */
const SERVE = `
for (const words of process.argv.slice(1)) {
  const [kind, host, port] = words.split(' ');
  if (kind === 'tcp') require('node:net').createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(port, host);
  else {
    const socket = require('node:dgram').createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.on('message', (data, from) => socket.send(data, from.port, from.address)).bind(port, host);
  }
}
`;

/** For a host of the Internet: asks services for so many ms, and prints which of them answer. */
const ASK = `
const [patience, ...all] = process.argv.slice(1);
const ask = (words) => new Promise((resolve) => {
  const [kind, host, port] = words.split(' ');
  setTimeout(() => resolve(false), Number(patience));
  const heard = (data) => resolve(String(data) === 'hello');
  if (kind === 'tcp') {
    const socket = require('node:net').connect(port, host, () => socket.write('hello'));
    socket.on('data', heard).on('error', () => {});
  } else {
    const socket = require('node:dgram').createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.on('message', heard).on('error', () => {});
    const send = () => socket.send('hello', port, host);
    send();
    setInterval(send, 300);
  }
});
Promise.all(all.map(ask)).then((answers) => {
  console.log(all.filter((_, i) => answers[i]).join('\\n'));
  process.exit();
});
`;

/** Services on a host that say what they hear: each by words, as `tcp 0.0.0.0 8080`. */
export async function serveOn(host: Host, services: string[]): Promise<void> {
  host.start(process.execPath, ['-e', SERVE, ...services]);
  const ports = new Set(services.map((words) => words.split(' ')[2]));
  const listening = async () => {
    const { stdout } = await host.run('ss', ['-Hlntu']);
    return stdout.split('\n').filter((line) => ports.has(/:(\d+) /.exec(line)?.[1])).length;
  };
  await until(async () => (await listening()) === services.length, 20_000);
}

/** Those of the services that answer a host of the Internet. */
export async function answering({ internet }: Lab, services: string[], patience = 10_000): Promise<string[]> {
  const { stdout } = await internet.run(process.execPath, ['-e', ASK, `${patience}`, ...services]);
  return stdout.split('\n').filter(Boolean);
}
