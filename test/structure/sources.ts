import { readdirSync, readFileSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import ts from 'typescript';

/** A source file of the program, as it is written: what only types are taken from counts, too. */
export interface Source {
  file: string;
  text: string;
  /** Files of the program that it takes something from. */
  imports: string[];
  /** Packages and modules of an engine. */
  modules: string[];
}

/** Files below some folders whose names end as is asked. */
export function filesIn(folders: string[], end = '.ts'): string[] {
  return folders
    .flatMap((top) => readdirSync(top, { recursive: true, encoding: 'utf8' }).map((name) => `${top}/${name}`))
    .filter((file) => file.endsWith(end) && !file.endsWith('.d.ts'))
    .sort();
}

/** All that the program is made of, but for its packages and the system's files. */
export const SOURCES: Source[] = filesIn(['bin', 'lib']).map((file) => {
  const text = readFileSync(file, 'utf8');
  const names = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
  const isOwn = (name: string) => name.startsWith('.');
  return {
    file,
    text,
    imports: names.filter(isOwn).map((name) => normalize(`${dirname(file)}/${name}`).replace(/\.js$/, '.ts')),
    modules: names.filter((name) => !isOwn(name)),
  };
});
