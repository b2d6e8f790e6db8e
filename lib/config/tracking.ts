import { METHODS, type Method, splitTarget } from '../method.js';
import type { Problem, Wan } from '../model.js';
import { placeOf, readOption } from './options.js';
import { readTargets } from './targets.js';
import type { UciOption } from './uci.js';
import { integer, isTarget, type Reader } from './values.js';

/** The words of mwan3 and of people for some of them. */
const SYNONYMS: Record<string, Method> = { httping: 'http', nslookup: 'dns', arp: 'arping' };
const TRACK_METHOD: Reader<Method> = { read: methodOf, legal: METHODS.join(' or '), fallback: 'ping' };
/** What an HTTP server must answer. */
const STATUS: Reader<number | undefined> = {
  read: integer(100, 599, 0).read,
  legal: integer(100, 599, 0).legal,
  fallback: undefined,
};
const TEXT: Reader<string | undefined> = {
  read: (text) => (/^[ -~]{1,200}$/.test(text) ? text : undefined),
  legal: 'a text of 1 to 200 characters of ASCII',
  fallback: undefined,
};
const HOST: Reader<string | undefined> = {
  read: (text) => (isHostName(text) ? text : undefined),
  legal: 'the name of a host',
  fallback: undefined,
};

const FORMS =
  'no target (an IPv4 address, or as http://192.0.2.1/path, https://…, tcp://192.0.2.1:443, dns://192.0.2.1/example.com, arping://192.0.2.1; names are not looked up in a probe)';

/** Who is asked, and how, where a section says more than addresses to ping. */
export function readTracking(options: Map<string, UciOption>, problems: Problem[]): Pick<Wan, 'targets' | 'http'> {
  const usual = readOption(options, 'track_method', TRACK_METHOD, problems);
  const targets = readTargets(options.get('ping_target'), problems, {
    read: (text) => readTarget(text, usual),
    legal: (text) => (usual !== 'ping' || text.includes('://') ? FORMS : undefined),
  });
  const [status, text, host] = [
    readOption(options, 'http_status', STATUS, problems),
    readOption(options, 'http_text', TEXT, problems),
    readOption(options, 'http_host', HOST, problems),
  ];
  const http = {
    ...(status === undefined ? {} : { status }),
    ...(text === undefined ? {} : { text }),
    ...(host === undefined ? {} : { host }),
  };
  if (Object.keys(http).length === 0) return { targets };
  if (targets.some((target) => /^https?:/.test(target))) return { targets, http };
  for (const name of Object.keys(http)) {
    const place = placeOf(options.get(`http_${name}`));
    problems.push({ ...place, text: 'no target here is asked by http or https; ignored' });
  }
  return { targets };
}

/** The target as it is known from here on; undefined if it is none. @param usual how it is asked if it does not say so itself */
function readTarget(text: string, usual: Method): string | undefined {
  const { method: word, host = '', port, path } = splitTarget(text) ?? {};
  const method = word === undefined ? usual : methodOf(word);
  if (method === undefined || !isTarget(host)) return undefined;
  if (port !== undefined && (!['http', 'https', 'tcp', 'dns'].includes(method) || port < 1 || port > 65535))
    return undefined;
  if (path !== undefined && !['http', 'https', 'dns'].includes(method)) return undefined;
  if (method === 'dns' && path && !isHostName(path)) return undefined;
  return method === 'ping' ? host : `${method}://${text.replace(/^[a-z]+:\/\//, '')}`;
}

function methodOf(word: string): Method | undefined {
  return METHODS.find((known) => known === (Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word] : word));
}

/** The name of a host on the Internet, of any depth: `example.com`. */
function isHostName(text: string): boolean {
  const labels = text.split('.');
  return (
    text.length <= 253 && labels.every((label) => /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label))
  );
}
