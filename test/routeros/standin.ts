/** A RouterOS of our own: what it has, how it answers, and what was done to it. Nothing of it is MikroTik's. */

export type Fields = Record<string, string>;

/** A write, as it arrived. */
export interface Effect {
  menu: string;
  name: string;
  set: Fields;
  was: Fields;
  /** It has made a difference. */
  changed: boolean;
  /** Whether each of the routes leads to the Internet behind it, by comment. */
  on: Record<string, boolean>;
}

export interface Answer {
  status: number;
  body: string;
}

const BY: Record<string, 'name' | 'comment'> = {
  'queue tree': 'name',
  'ip route': 'comment',
  'ip firewall mangle': 'comment',
};
const UNITS: [string, number][] = [
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
];

export class Standin {
  readonly menus: Record<string, Fields[]> = {
    'queue tree': [
      { '.id': '*A', name: 'cake-down', 'max-limit': '500000000', disabled: 'false' },
      { '.id': '*B', name: 'cake-up', 'max-limit': '40000000', disabled: 'false' },
    ],
    'ip firewall mangle': [{ '.id': '*3', comment: 'steer; fast', chain: 'prerouting', disabled: 'true' }],
    'ip route': [
      { '.id': '*7', comment: 'WAN1 default', distance: '1', disabled: 'false', inactive: 'false' },
      { '.id': '*8', comment: 'WAN2 default', distance: '2', disabled: 'false', inactive: 'false' },
      { '.id': '*9', comment: 'somebody else', distance: '9', disabled: 'false', inactive: 'false' },
    ],
    'tool netwatch': [],
    'system scheduler': [],
    'system script': [{ '.id': '*1', name: 'backup', source: '/export file=x' }],
  };
  readonly effects: Effect[] = [];
  user = 'mini-mwan';
  password = 'se"cr\\et';
  /** It prints one entry alone as an object, and numbers as numbers. */
  odd = false;
  /** It shows all entries of a menu, whichever were asked for. */
  talkative = false;
  /** It says yes, and does nothing. */
  deaf = false;
  /** What it says of a menu instead of showing it. */
  readonly refusals: Record<string, { status: number; detail: string }> = {};
  /** The comment of a route whose gateway is away. */
  away: string[] = [];
  private next = 0x20;

  private menu(name: string): Fields[] {
    const found = this.menus[name];
    if (!found) throw new Error(`bad command name ${name}`);
    return found;
  }

  find(menu: string, name: string): Fields | undefined {
    return this.menu(menu).find((entry) => entry[BY[menu] ?? 'name'] === name);
  }

  /** Another id for each entry, as after it was made again. */
  renumber(): void {
    for (const entry of Object.values(this.menus).flat()) entry['.id'] = `*${(++this.next).toString(16).toUpperCase()}`;
  }

  isOn(comment: string): boolean {
    const route = this.find('ip route', comment);
    return route !== undefined && route.disabled === 'false' && !this.away.includes(comment);
  }

  private write(menu: string, entry: Fields, set: Fields): void {
    if (this.deaf) return;
    const was = { ...entry };
    Object.assign(entry, set);
    const on = Object.fromEntries(this.menu('ip route').map(({ comment = '' }) => [comment, this.isOn(comment)]));
    const changed = Object.keys(set).some((key) => set[key] !== was[key]);
    this.effects.push({ menu, name: entry[BY[menu] ?? 'name'] ?? '', set, was, changed, on });
  }

  private shown(menu: string, entry: Fields): Fields {
    if (menu !== 'ip route') return entry;
    return { ...entry, inactive: `${entry.disabled === 'false' && this.away.includes(entry.comment ?? '')}` };
  }

  /** What REST answers. @param path behind `/rest/` */
  rest(method: string, path: string, body: string, login: string): Answer {
    if (login !== `${this.user}:${this.password}`) return problem(401, 'Unauthorized');
    const all = Object.keys(this.menus);
    const slashed = (name: string) => name.replaceAll(' ', '/');
    const menu = all.find((name) => path === slashed(name) || path.startsWith(`${slashed(name)}/`));
    if (menu === undefined) return problem(400, 'Bad Request', 'no such command or directory');
    const rest = path.slice(slashed(menu).length + 1);
    const refusal = this.refusals[menu];
    if (refusal) return problem(refusal.status, 'No', refusal.detail);
    if (method === 'POST' && rest === 'print') {
      const { '.query': query = [], '.proplist': fields = [] } = JSON.parse(body) as Record<string, string[]>;
      const found = this.menu(menu).filter((entry) => this.talkative || matches(entry, query));
      const picked = found.map((entry) => pick(this.shown(menu, entry), fields, this.odd));
      const [alone, ...more] = picked;
      return { status: 200, body: JSON.stringify(this.odd && alone && more.length === 0 ? alone : picked) };
    }
    if (method !== 'PATCH') return problem(405, 'Method Not Allowed');
    const entry = this.menu(menu).find((one) => one['.id'] === rest);
    if (!entry) return problem(404, 'Not Found', 'no such item');
    const set = JSON.parse(body) as Fields;
    if (Object.values(set).some((value) => typeof value !== 'string'))
      return problem(400, 'Bad Request', 'values are text');
    this.write(menu, entry, set);
    return { status: 200, body: JSON.stringify(entry) };
  }

  /** What the console prints. */
  ssh(command: string): string {
    const said: string[] = [];
    // Outside of quotes.
    for (const part of command.match(/(?:"[^"]*"|[^;"])+/g) ?? []) {
      const words = part.trim();
      const put = /^:put "(.*)"$/.exec(words);
      if (put) said.push(put[1] ?? '');
      else if (words !== '') {
        try {
          said.push(...this.run(words));
        } catch (error) {
          // It goes no further.
          return [...said, (error as Error).message].map((line) => `${line}\r\n`).join('');
        }
      }
    }
    return said.map((line) => `${line}\r\n`).join('');
  }

  private run(words: string): string[] {
    const print = /^\/([a-z ]+) print detail(?: where (.*))?$/.exec(words);
    if (print) {
      const [, menu = '', where] = print;
      const refusal = this.refusals[menu];
      if (refusal) throw new Error(refusal.detail);
      const names = [...(where ?? '').matchAll(/(name|comment)="([^"]*)"/g)].map(([, , name]) => name);
      const list = this.menu(menu).filter(
        (entry) => where === undefined || this.talkative || names.includes(entry[BY[menu] ?? 'name'] ?? ''),
      );
      return [
        'Flags: X - disabled, I - invalid, D - dynamic ',
        ...list.flatMap((entry, i) => printed(this.shown(menu, entry), i)),
      ];
    }
    const set = /^\/([a-z ]+) set \[find where (?:name|comment)="([^"]*)"\] (.*)$/.exec(words);
    if (!set) throw new Error('expected end of command (line 1 column 5)');
    const [, menu = '', name = '', values = ''] = set;
    const entry = this.find(menu, name);
    if (!entry) throw new Error('no such item');
    const pairs = values.split(' ').map((pair) => pair.split('=') as [string, string]);
    this.write(
      menu,
      entry,
      Object.fromEntries(pairs.map(([key, value]) => [key, { yes: 'true', no: 'false' }[value] ?? value])),
    );
    return [];
  }
}

function problem(error: number, message: string, detail?: string): Answer {
  return { status: error, body: JSON.stringify({ error, message, ...(detail === undefined ? {} : { detail }) }) };
}

/** RouterOS' queries are a stack: words push, `#|` joins the two on top. */
function matches(entry: Fields, query: string[]): boolean {
  if (query.length === 0) return true;
  const stack: boolean[] = [];
  for (const word of query) {
    if (word.startsWith('#')) for (const _ of word.slice(1)) stack.push([stack.pop(), stack.pop()].some(Boolean));
    else {
      const at = word.indexOf('=');
      stack.push(entry[word.slice(0, at)] === word.slice(at + 1));
    }
  }
  return stack.length === 1 && stack[0] === true;
}

function pick(entry: Fields, fields: string[], odd: boolean): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(entry)
      .filter(([key]) => fields.includes(key))
      .map(([key, value]) => [key, odd && /^\d+$/.test(value) ? Number(value) : value]),
  );
}

/** `0 X ;;; comment`, and its fields behind it. */
function printed(entry: Fields, i: number): string[] {
  const { comment, disabled, inactive, '.id': _, ...fields } = entry;
  const flags = `${disabled === 'true' ? 'X' : ' '}${inactive === 'true' ? 'I' : ''}`.padEnd(3);
  const words = Object.entries(fields).map(([key, value]) => {
    if (key === 'max-limit') return `${key}=${short(Number(value))}`;
    return /^[\w.:/-]+$/.test(value) ? `${key}=${value}` : `${key}="${value.replace(/["\\$]/g, '\\$&')}"`;
  });
  const head = ` ${i} ${flags}`;
  return comment === undefined
    ? [`${head} ${words.join(' ')} `]
    : [`${head} ;;; ${comment}`, `      ${words.join(' ')} `];
}

/** `800M` */
function short(rate: number): string {
  const [unit, factor] = UNITS.find(([, size]) => rate > 0 && rate % size === 0) ?? ['', 1];
  return `${rate / factor}${unit}`;
}
