/** A text in Markdown, taken apart. */
export interface Markdown {
  text: string;
  lines: number;
  /** Lines that are neither in a code block nor in a table. */
  prose: { text: string; line: number }[];
  /** Code blocks, without their fences. */
  blocks: string[];
  /** By their rows, the head first; without the line below the head. */
  tables: string[][][];
  /** Of its headings, as GitHub makes them. */
  anchors: string[];
  /** Where its links lead, as written. */
  links: string[];
  /** Code in a line, without its quotes. */
  code: string[];
}

export function readMarkdown(text: string): Markdown {
  const lines = text.replace(/\n$/, '').split('\n');
  const found: Markdown = {
    text,
    lines: lines.length,
    prose: [],
    blocks: [],
    tables: [],
    anchors: [],
    links: [],
    code: [],
  };
  let [fence, block, table]: [string | undefined, string[], string[][] | undefined] = [undefined, [], undefined];
  lines.forEach((line, i) => {
    if (fence !== undefined) {
      if (line.trimEnd() === fence) {
        found.blocks.push(block.join('\n'));
        [fence, block] = [undefined, []];
      } else block.push(line.startsWith(indent(fence)) ? line.slice(indent(fence).length) : line);
      return;
    }
    const isRow = line.startsWith('|');
    if (!isRow) table = undefined;
    const [, opened] = /^( *```)/.exec(line) ?? [];
    if (opened !== undefined) {
      fence = opened;
      return;
    }
    found.links.push(...linksOf(line));
    found.code.push(...codeOf(line));
    if (!isRow) {
      found.prose.push({ text: line, line: i + 1 });
      const [, title] = /^#+ (.*)/.exec(line) ?? [];
      if (title !== undefined) found.anchors.push(anchorOf(title));
      return;
    }
    if (table === undefined) {
      table = [];
      found.tables.push(table);
    }
    if (!/^[| :-]+$/.test(line)) table.push(cellsOf(line));
  });
  return found;
}

/** As GitHub makes it of a heading. */
export function anchorOf(title: string): string {
  const letters = title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '');
  return letters.replaceAll(' ', '-');
}

function linksOf(line: string): string[] {
  return [...line.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)]*)\)/g)].map(([, target = '']) => target);
}

function codeOf(line: string): string[] {
  return [...line.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\||\|\s*$/g, '')
    .split('|')
    .map((cell) => cell.trim());
}

function indent(fence: string): string {
  return fence.replace('```', '');
}
