import { readFileSync } from 'node:fs';
import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { Standin } from './standin.js';

/**
 * The stand-in over HTTPS, for curl; and over a socket of its own: `/ssh` for the forced command of sshd, `/faults` for what befalls
 * the next requests, a word each, and `/effects`.
 */
const [port = '', socket = '', folder = '', password = ''] = process.argv.slice(2);
const standin = new Standin();
standin.user = 'root';
standin.password = password;
const file = (name: string) => readFileSync(`${folder}/${name}`);
const good = { key: file('server.key'), cert: file('server.pem') };
const bad = { key: file('other.key'), cert: file('other.pem') };
let faults: string[] = [];
/** Until the next ones are told. */
let standing = '';

const server = createServer(good, (request, response) => void serve(request, response));

async function serve(request: IncomingMessage, response: ServerResponse) {
  const body = await text(request);
  const fault = faults.shift() ?? standing;
  const [, login = ''] = (request.headers.authorization ?? '').split(' ');
  const act = () =>
    standin.rest(
      request.method ?? '',
      (request.url ?? '').replace('/rest/', ''),
      body,
      Buffer.from(login, 'base64').toString(),
    );
  if (fault === 'ids') standin.renumber();
  if (fault === 'lost') act();
  // It never answers.
  if (fault === 'hang' || fault === 'lost') return;
  if (fault === 'reset') return void request.socket.destroy();
  if (/^\d+$/.test(fault)) return void response.writeHead(Number(fault)).end('{"error":1,"message":"no"}');
  standin.deaf = fault === 'deaf';
  const answer = act();
  standin.deaf = false;
  response.writeHead(answer.status, { 'Content-Type': 'application/json', 'Content-Length': answer.body.length });
  if (fault === 'half') response.write(answer.body.slice(0, answer.body.length / 2), () => request.socket.destroy());
  else response.end(answer.body);
}

const control = createPlain(async (request, response) => {
  const body = await text(request);
  if (request.url === '/ssh') {
    // The words that ssh itself knows are for the script.
    const fault = faults.shift() ?? standing;
    if (fault === 'ids') standin.renumber();
    const said =
      ['hang', 'reset', 'half', 'lost'].includes(fault) || /^\d+$/.test(fault) ? undefined : standin.ssh(body);
    return void (said === undefined ? request.socket.destroy() : response.end(said));
  }
  if (request.url === '/faults') {
    const told = JSON.parse(body) as { next: string[]; standing: string };
    faults = told.next;
    standing = told.standing;
    server.setSecureContext(standing === 'certificate' ? bad : good);
    server.closeAllConnections();
  }
  response.end(JSON.stringify({ effects: standin.effects, menus: standin.menus, left: faults.length }));
});

server.listen(Number(port), '127.0.0.1', () => control.listen(socket, () => process.stdout.write('ready\n')));
