import type { Problem } from '../model.js';
import type { Routeros } from '../routeros.js';
import { placeOf, readOption } from './options.js';
import { FORMS } from './routeros-forms.js';
import type { UciOption } from './uci.js';
import { integer, type Reader } from './values.js';

/** Options of each way. */
export const REST = ['secret', 'ca', 'pin', 'port'];
export const SSH = ['ssh_key', 'ssh_known_hosts', 'ssh_port'];
const FILE: Reader<string | undefined> = {
  read: (text) => (FORMS.file.test(text) ? text : undefined),
  legal: 'the whole path of a file (letters, digits, _ . @ + -)',
  fallback: undefined,
};
const PIN: Reader<string | undefined> = {
  read: (text) => (FORMS.pin.test(text) ? text : undefined),
  legal: 'the hash of a public key, as sha256//AbC…=',
  fallback: undefined,
};
type Options = Map<string, UciOption>;

/** How one gets there by REST; undefined: one does not. */
export function readRest(options: Options, problems: Problem[]): Routeros['rest'] {
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

/** The same by SSH. */
export function readSsh(options: Options, problems: Problem[]): Routeros['ssh'] {
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
