import type { Problem, Shaper, Wan } from '../model.js';
import type { Routeros, Way } from '../routeros.js';
import { placeOf, readOption, reportOverruled } from './options.js';
import { FORMS } from './routeros-forms.js';
import type { UciOption, UciSection } from './uci.js';
import { reportUnknown } from './unknown.js';
import { choice, flag, integer, optional, type Reader } from './values.js';

/** More than anybody has. Each is looked at every minute. */
const MAX_MACHINES = 8;
const MAX_NAME = 64;

const REST = ['secret', 'ca', 'pin', 'port'];
const SSH = ['ssh_key', 'ssh_known_hosts', 'ssh_port'];
const KNOWN = [
  ...['enabled', 'host', 'user', 'transport', ...REST, ...SSH, 'timeout', 'write_interval', 'force'],
  ...['route', 'shaper', 'download_queue', 'upload_queue', 'mangle'],
];

const FILE: Reader<string | undefined> = {
  read: (text) => (FORMS.file.test(text) ? text : undefined),
  legal: 'the whole path of a file (letters, digits, _ . @ + -)',
  fallback: undefined,
};
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
const PIN: Reader<string | undefined> = {
  read: (text) => (FORMS.pin.test(text) ? text : undefined),
  legal: 'the hash of a public key, as sha256//AbC…=',
  fallback: undefined,
};
const LABEL: Reader<string | undefined> = {
  read: (text) => (isLabel(text) ? text : undefined),
  legal: '1 to 128 letters, digits, blanks and _ . : , ; / ( ) + @ = # * ! & % -',
  fallback: undefined,
};

function isLabel(text: string): boolean {
  return FORMS.label.test(text) && text === text.trim();
}

type Options = Map<string, UciOption>;

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

function readRest(options: Options, problems: Problem[]): Routeros['rest'] {
  const read = <T>(option: string, reader: Reader<T>) => readOption(options, option, reader, problems);
  const [secret, ca, pin, port] = [
    read('secret', FILE),
    read('ca', FILE),
    read('pin', PIN),
    read('port', integer(1, 65_535, 443)),
  ];
  if (secret === undefined) return reportAlone(options, REST, 'secret', problems);
  return { port, secret, ...(ca === undefined ? {} : { ca }), ...(pin === undefined ? {} : { pin }) };
}

function readSsh(options: Options, problems: Problem[]): Routeros['ssh'] {
  const read = <T>(option: string, reader: Reader<T>) => readOption(options, option, reader, problems);
  const [key, knownHosts] = [read('ssh_key', FILE), read('ssh_known_hosts', FILE)];
  const port = read('ssh_port', integer(1, 65_535, 22));
  if (key === undefined) return reportAlone(options, SSH, 'ssh_key', problems);
  return { port, key, ...(knownHosts === undefined ? {} : { knownHosts }) };
}

/** What is said of a way that cannot be taken. */
function reportAlone(options: Options, all: string[], needed: string, problems: Problem[]): undefined {
  for (const name of all) {
    if (name !== needed && options.has(name))
      problems.push({ ...placeOf(options.get(name)), text: `without effect without option ${needed}` });
  }
}

/** `WAN COMMENT`, one for each. */
function readRoutes(option: UciOption | undefined, wans: Wan[], problems: Problem[]): Routeros['routes'] {
  reportOverruled(option, problems);
  const routes: Routeros['routes'] = [];
  option?.values.forEach((value, i) => {
    const place = { ...placeOf(option), value, line: option.lines[i] ?? option.line };
    const [, name, comment = ''] = /^(\S+) +(.+)$/.exec(value.trim()) ?? [];
    const wan = wans.find((one) => one.name === name)?.name;
    const say = (text: string) => problems.push({ ...place, text: `${text}; ignored` });
    if (wan === undefined) say('not the name of an interface section, a blank and the comment of a route');
    else if (!isLabel(comment)) say(`the comment is not ${LABEL.legal}`);
    else if (routes.some((one) => one.wan === wan || one.comment === comment))
      say('a WAN or a comment that stands before');
    else routes.push({ wan, comment });
  });
  return routes;
}

/** Both queues, or none. */
function readQueues(options: Options, shapers: Shaper[], problems: Problem[]): Routeros['shaper'] {
  const ofShaper: Reader<string | undefined> = {
    read: (text) => shapers.find(({ name }) => name === text)?.name,
    legal: 'the name of a shaper section that is used',
    fallback: undefined,
  };
  const name = readOption(options, 'shaper', optional(ofShaper), problems);
  const [down, up] = ['download_queue', 'upload_queue'].map((queue) => readOption(options, queue, LABEL, problems));
  const place = placeOf(options.get('shaper') ?? options.get('download_queue') ?? options.get('upload_queue'));
  if (name === undefined || up === undefined || down === undefined) {
    if (name !== undefined || up !== undefined || down !== undefined)
      problems.push({
        ...place,
        text: 'option shaper, option download_queue and option upload_queue only work together; ignored',
      });
    return undefined;
  }
  if (up === down) {
    problems.push({ ...place, text: 'download_queue and upload_queue are the same; ignored' });
    return undefined;
  }
  const { down: shaped } = shapers.find((shaper) => shaper.name === name)?.rates ?? {};
  if (!shaped)
    problems.push({
      ...place,
      text: "without effect: it only has a rate of one direction; for the other: option ifb '1' of the shaper",
    });
  return { name, queues: { up, down } };
}
