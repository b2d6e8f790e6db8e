/** UCI's text format, as libuci reads it: https://openwrt.org/docs/guide-user/base-system/uci */

export interface UciOption {
  name: string;
  /** One value, or one for each `list` statement. */
  values: string[];
  /** Line of the statement that set it, from 1; of a list, the first. */
  line: number;
  /** Line of each value. */
  lines: number[];
  /** Lines of the statements that were overruled by it. */
  overruled: number[];
}

export interface UciSection {
  type: string;
  /** Absent: an anonymous section. */
  name?: string;
  line: number;
  options: Map<string, UciOption>;
}

/** Either the sections in their order, or where and why the text is no UCI. */
export type UciResult = { sections: UciSection[] } | { line: number; text: string };

interface Statement {
  line: number;
  words: string[];
}

interface Document {
  sections: UciSection[];
  named: Map<string, UciSection>;
  /** The one that options belong to. */
  current?: UciSection;
}

/** libuci takes the first letter alone, too. */
const KEYWORDS = new Map(
  ['package', 'config', 'option', 'list'].flatMap(
    (word) =>
      [
        [word, word],
        [word[0], word],
      ] as const,
  ),
);

class SyntaxProblem extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/** Reads a UCI file, or what `uci export` prints. Later statements overrule earlier ones, and sections of one name are one. */
export function parseUci(text: string): UciResult {
  const document: Document = { sections: [], named: new Map() };
  try {
    if (text.includes('\0')) throw new SyntaxProblem(lineOf(text, text.indexOf('\0')), 'a binary file, not text');
    for (const statement of readStatements(text)) takeStatement(statement, document);
  } catch (error) {
    if (error instanceof SyntaxProblem) return { line: error.line, text: error.message };
    throw error;
  }
  return { sections: document.sections };
}

function takeStatement({ line, words }: Statement, document: Document): void {
  const [keyword = '', ...args] = words;
  const kind = KEYWORDS.get(keyword);
  if (!kind) throw new SyntaxProblem(line, `expected config, option or list, found ${quote(keyword)}`);
  if (args.length > (kind === 'package' ? 1 : 2)) throw new SyntaxProblem(line, `too many words behind ${kind}`);
  if (kind === 'package') return;
  if (kind === 'config') openSection(line, args, document);
  else addValue(line, kind, args, document.current);
}

function openSection(line: number, [type = '', name = '']: string[], document: Document): void {
  if (!/^[!-~]+$/.test(type)) throw new SyntaxProblem(line, 'config needs a type, as in: config interface');
  if (name !== '') checkName(line, name);
  const again = name === '' ? undefined : document.named.get(name);
  if (again && again.type !== type)
    throw new SyntaxProblem(line, `section '${name}' is of type '${again.type}' already`);
  // A name that comes again goes on with its section.
  document.current = again ?? { type, ...(name === '' ? {} : { name }), line, options: new Map() };
  if (again) return;
  document.sections.push(document.current);
  if (name !== '') document.named.set(name, document.current);
}

function addValue(line: number, kind: string, [name = '', value = '']: string[], section?: UciSection): void {
  if (!section) throw new SyntaxProblem(line, `${kind} stands before the first config`);
  if (name === '') throw new SyntaxProblem(line, `${kind} needs a name`);
  checkName(line, name);
  const known = section.options.get(name);
  if (kind === 'list' && known) {
    known.values.push(value);
    known.lines.push(line);
    return;
  }
  known?.overruled.push(known.line);
  const option = { name, values: [value], line, lines: [line], overruled: known?.overruled ?? [] };
  // An empty option is none: it takes back what was set before.
  if (kind === 'option' && value === '') section.options.delete(name);
  else section.options.set(name, option);
}

function quote(word: string): string {
  return `"${word.slice(0, 40).replace(/[^ -~]/g, '?')}"`;
}

function checkName(line: number, name: string): void {
  if (!/^[A-Za-z0-9_]+$/.test(name)) {
    throw new SyntaxProblem(line, `name ${quote(name)}: only letters, digits and _ are allowed`);
  }
}

/** Cuts the text into statements of words. A statement ends with its line or at `;`; a quoted word may span lines. */
function* readStatements(text: string): Generator<Statement> {
  // Blanks, a statement's end, a comment, a quoted piece, an escape, or a run of ordinary characters.
  const token =
    /[ \t\r\v\f]+|[\n;]|#[^\n]*|'[^']*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"|\\\r?\n|\\[\s\S]|[^ \t\r\v\f\n;#'"\\]+/y;
  let line = 1;
  let words: string[] = [];
  let word: string | undefined;
  let start = 1;
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    if (!token.test(text)) throw new SyntaxProblem(line, unreadable(text[at]));
    const piece = text.slice(at, token.lastIndex);
    if (words.length === 0 && word === undefined) start = line;
    switch (piece[0]) {
      case '\n':
      case ';':
        endWord();
        if (words.length > 0) yield { line: start, words };
        words = [];
        break;
      case "'":
      case '"':
      case '\\':
        if (!/^\\\r?\n/.test(piece)) word = (word ?? '') + unquote(piece);
        break;
      case ' ':
      case '\t':
      case '\r':
      case '\v':
      case '\f':
      case '#':
        endWord();
        break;
      default:
        word = word === undefined ? piece : word + piece;
    }
    line += countLines(piece);
  }
  endWord();
  if (words.length > 0) yield { line: start, words };
}

function unreadable(char: string | undefined): string {
  return char === '\\' ? 'a backslash ends the file' : `the quote ${char} is never closed`;
}

function unquote(piece: string): string {
  if (piece[0] === "'") return piece.slice(1, -1);
  const inner = piece[0] === '"' ? piece.slice(1, -1) : piece;
  return inner.includes('\\') ? inner.replace(/\\\r?\n|\\([\s\S])/g, '$1') : inner;
}

function countLines(piece: string): number {
  let lines = 0;
  for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function lineOf(text: string, index: number): number {
  return countLines(text.slice(0, index)) + 1;
}
