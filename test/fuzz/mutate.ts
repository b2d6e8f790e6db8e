import fc from 'fast-check';

/** What means something to a parser, an object or a terminal, and what is too much of something. */
export const TRAPS = [
  ...[
    '\0',
    '\n',
    '\r\n',
    '\r',
    '\t',
    ' ',
    '\ufeff',
    '\ud800',
    '\udfff',
    '\u2028',
    '\u202e',
    '\u001b[2J',
    '\u0085',
    'é',
    '😀',
  ],
  ...['"', "'", '\\', '=', '[', ']', '{', '}', ',', ';', '#', ':', '[]', '""', "''", '\\"', '$(id)', '-c'],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'prototype',
    '[__proto__]',
    '"__proto__":',
    '__proto__=1',
  ],
  ...[
    'null',
    'true',
    'NaN',
    '-1',
    '-0',
    '1e999',
    '1e-999',
    '0x10',
    '99999999999999999999',
    '9999999999999999',
    '4294967296',
  ],
  ...['[', '{"a":', '"', '\n', ' ', '9', 'a=', '[a]\n', "'"].map((piece) => piece.repeat(3000)),
];

const NUMBERS = ['', '0', '00', '-1', '.', '1e999', '0x10', '9007199254740993', '9'.repeat(16), '9'.repeat(400)];

/** Places are shares of the text's length. */
type Edit = (text: string, others: string[]) => string;

const place = (where: number, text: string) => Math.floor(where * (text.length + 1));

function splice(where: number, gone: number, put: string): Edit {
  return (text) => text.slice(0, place(where, text)) + put + text.slice(place(where, text) + gone);
}

function double(from: number, to: number, length: number): Edit {
  return (text) => splice(to, 0, text.slice(place(from, text)).slice(0, length))(text, []);
}

function graft(which: number, from: number, to: number, length: number): Edit {
  return (text, others) => {
    const other = others[Math.floor(which * others.length)] ?? '';
    return splice(to, length, other.slice(place(from, other)).slice(0, 10 * length))(text, []);
  };
}

function replaceNumber(which: number, number: string): Edit {
  return (text) => {
    const numbers = [...text.matchAll(/\d+/g)];
    const found = numbers[Math.floor(which * numbers.length)];
    return found ? text.slice(0, found.index) + number + text.slice(found.index + found[0].length) : text;
  };
}

const WHOLE: Edit[] = [
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => `\ufeff${text}`,
  (text) => text + text,
  (text) => text.replace(/\d+/g, '99999999999999999999'),
  (text) => text.replace(/[a-z]+/, '__proto__'),
  (text) => text.split('\n').reverse().join('\n'),
];

/** A share of something, all alike: fc.double would nearly always be close to 0. */
const at = fc.noBias(fc.nat(2 ** 30 - 1)).map((number) => number / 2 ** 30);
const byte = fc.nat(255).map((code) => String.fromCharCode(code));

/** One damage, of the kinds that files and pipes suffer, or that somebody thinks of. */
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(at, fc.nat(40), fc.constantFrom(...TRAPS)).map((how) => splice(...how)),
  fc.tuple(at, fc.constant(1), byte).map((how) => splice(...how)),
  fc.tuple(at, fc.nat(300), fc.constant('')).map((how) => splice(...how)),
  fc.tuple(at, fc.constant(Number.POSITIVE_INFINITY), fc.constant('')).map((how) => splice(...how)),
  fc.tuple(at, at, fc.nat(200)).map((how) => double(...how)),
  fc.tuple(at, at, at, fc.nat(20)).map((how) => graft(...how)),
  fc.tuple(at, fc.constantFrom(...NUMBERS)).map((how) => replaceNumber(...how)),
  fc.constantFrom(...WHOLE),
);

/** Damaged copies of the samples, and now and then mere noise. */
export function damaged(samples: string[]): fc.Arbitrary<string> {
  const copies = fc
    .tuple(fc.constantFrom(...samples), fc.array(edit, { minLength: 1, maxLength: 6 }))
    .map(([sample, edits]) => edits.reduce((text, change) => change(text, samples), sample).slice(0, 200_000));
  return fc.oneof({ weight: 9, arbitrary: copies }, fc.string({ unit: 'binary' }));
}

/** Values that JSON can hold where another kind was expected. */
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 0, 1.5, 1e308, 2 ** 53, '', '0.0.0.0', [], {}, [[]], [null], 'constructor'),
  fc.constantFrom(...TRAPS.filter((trap) => trap.length < 100)),
  fc
    .constantFrom('{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}')
    .map((text) => JSON.parse(text)),
);

/** The value with some of its parts replaced by what nobody expects there, removed, or doubled. */
export function oddJson(value: unknown): fc.Arbitrary<unknown> {
  const change = fc.tuple(at, oddValue, fc.constantFrom('replace', 'remove', 'double'));
  return fc.array(change, { minLength: 1, maxLength: 5 }).map((changes) => {
    const copy: Holder = structuredClone({ root: value });
    for (const [where, odd, how] of changes) {
      const places = placesOf(copy);
      const [holder, key] = places[Math.floor(where * places.length)] ?? [copy, 'root'];
      if (how === 'remove') delete holder[key];
      else if (how === 'double' && Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
      else holder[key] = structuredClone(odd);
    }
    return copy.root;
  });
}

type Holder = Record<string, unknown>;

function placesOf(holder: Holder): [Holder, string][] {
  return Object.keys(holder).flatMap((key): [Holder, string][] => {
    const value = holder[key];
    const inner = typeof value === 'object' && value !== null ? placesOf(value as Holder) : [];
    return [[holder, key], ...inner];
  });
}
