import type { Problem, Shaper, Wan } from '../model.js';
import type { Routeros, Way } from '../routeros.js';
import { readOption } from './options.js';
import { FORMS } from './routeros-forms.js';
import { LABEL, readQueues, readRoutes } from './routeros-things.js';
import { REST, readRest, readSsh, SSH } from './routeros-ways.js';
import type { UciSection } from './uci.js';
import { reportUnknown } from './unknown.js';
import { choice, flag, integer, type Reader } from './values.js';

/** More than anybody has. Each is looked at every minute. */
const MAX_MACHINES = 8;
const MAX_NAME = 64;

const KNOWN = [
  ...['enabled', 'host', 'user', 'transport', ...REST, ...SSH, 'timeout', 'write_interval', 'force'],
  ...['route', 'shaper', 'download_queue', 'upload_queue', 'mangle'],
];

const HOST: Reader<string | undefined> = {
  read: (text) => (FORMS.host.test(text) ? text : undefined),
  legal: 'an address or a name',
  fallback: undefined,
};
const USER: Reader<string> = {
  read: (text) => (FORMS.user.test(text) ? text : undefined),
  legal: 'the name of a user (letters, digits, _ . @ -)',
  fallback: 'mini-mwan',
};
/** The machines of `config routeros` sections that can be used, in their order. */
export function readRouteros(all: UciSection[], wans: Wan[], shapers: Shaper[], problems: Problem[]): Routeros[] {
  const sections = all.filter(({ type }) => type === 'routeros');
  const next = sections[MAX_MACHINES];
  if (next)
    problems.push({
      line: next.line,
      text: `more than ${MAX_MACHINES} routeros sections; this and the rest are ignored`,
    });
  const machines: Routeros[] = [];
  for (const [i, section] of sections.slice(0, MAX_MACHINES).entries()) {
    const others = { wans, shapers, before: machines };
    // With a dash, as no section has it.
    const machine = readMachine(section, section.name ?? `routeros-${i + 1}`, others, problems);
    if (machine) machines.push(machine);
  }
  return machines;
}

function readMachine(
  { options, line }: UciSection,
  name: string,
  { wans, shapers, before }: { wans: Wan[]; shapers: Shaper[]; before: Routeros[] },
  problems: Problem[],
): Routeros | undefined {
  const read = <T>(option: string, reader: Reader<T>) => readOption(options, option, reader, problems);
  const enabled = read('enabled', flag(true));
  const host = read('host', HOST);
  const user = read('user', USER);
  const first = read('transport', choice(['rest', 'ssh'] as const, 'rest'));
  const [rest, ssh] = [readRest(options, problems), readSsh(options, problems)];
  const numbers = {
    timeout: read('timeout', integer(1, 30, 5)),
    writeInterval: read('write_interval', integer(1, 3600, 10)),
  };
  const force = read('force', flag(false));
  const routes = readRoutes(options.get('route'), wans, problems);
  const shaper = readQueues(options, shapers, problems);
  const rule = read('mangle', LABEL);
  reportUnknown(options, KNOWN, problems);
  const leaveOut = (text: string) => {
    problems.push({ line, option: `routeros '${name}'`, text: `${text}; left out` });
    return undefined;
  };
  if (name.length > MAX_NAME) return leaveOut(`its name has more than ${MAX_NAME} letters`);
  if (host === undefined) return leaveOut("option host names no machine, as in: option host '192.168.88.1'");
  const order: Way[] = first === 'rest' ? ['rest', 'ssh'] : ['ssh', 'rest'];
  const ways = order.filter((way) => (way === 'rest' ? rest : ssh));
  if (ways.length === 0)
    return leaveOut(
      'there is no way to it: option secret names the file with the password, for REST, or option ssh_key that with a key',
    );
  if (ways[0] !== first) {
    const missing = first === 'rest' ? 'secret' : 'ssh_key';
    problems.push({
      line,
      option: `routeros '${name}'`,
      text: `transport ${first} needs option ${missing}; using ${ways[0]}`,
    });
  }
  if (routes.length === 0 && !shaper && rule === undefined)
    return leaveOut('nothing is to be steered there: neither list route, nor option shaper, nor option mangle');
  if (!enabled) return undefined;
  const machine: Routeros = {
    ...{ name, host, user, ways, ...numbers, force, routes },
    ...(rest ? { rest } : {}),
    ...(ssh ? { ssh } : {}),
    ...(shaper ? { shaper } : {}),
    ...(rule === undefined ? {} : { rule }),
  };
  const twin = before.find((other) => other.host === host && isShared(other, machine));
  return twin ? leaveOut(`routeros '${twin.name}' steers a part of the same`) : machine;
}

function isShared(a: Routeros, b: Routeros): boolean {
  const keysOf = ({ routes, shaper, rule }: Routeros) => [
    ...routes.map(({ comment }) => `route ${comment}`),
    ...Object.values(shaper?.queues ?? {}).map((queue) => `queue ${queue}`),
    ...(rule === undefined ? [] : [`rule ${rule}`]),
  ];
  return keysOf(a).some((key) => keysOf(b).includes(key));
}
