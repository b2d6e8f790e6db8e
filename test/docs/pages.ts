import { readdirSync, readFileSync } from 'node:fs';
import { type Markdown, readMarkdown } from './markdown.js';

const names = [...readdirSync('.'), ...readdirSync('docs').map((name) => `docs/${name}`)];

/** All pages for people, by their paths. */
export const pages = new Map(
  names.filter((name) => name.endsWith('.md')).map((name) => [name, readMarkdown(readFileSync(name, 'utf8'))]),
);

export function page(name: string): Markdown {
  const found = pages.get(name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

/** All code blocks. */
export const blocks = [...pages.values()].flatMap(({ blocks }) => blocks);

/** The rows of the page's table that begins with `head` and has a row for `word`. */
export function table(name: string, head: string, word: string): string[][] {
  const found = page(name).tables.find(
    ([top, ...rows]) => top?.[0] === head && rows.some(([cell]) => bare(cell).startsWith(word)),
  );
  if (!found) throw new Error(`${name} has no table of ${head}, ${word}`);
  return found.slice(1);
}

/** A cell without the quotes of its code. */
export function bare(cell = ''): string {
  return cell.replaceAll('`', '');
}
