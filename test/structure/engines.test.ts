import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import tap from 'tap';
import { needsOf } from './names.js';
import { SOURCES } from './sources.js';

/** The only places that know an engine, a folder for each. */
const [NODE, QUICKJS] = ['lib/engine/node/', 'lib/engine/quickjs/'];
/** Globals that every engine has, and that depend on nothing outside the program. */
const LANGUAGE = 'Array Boolean Error JSON Map Math Number Object Promise RegExp Set String undefined'.split(' ');
/** And of those that tell or do something, who may use which. */
const MORE: Record<string, string[]> = {
  // The wall clock, which both engines have.
  'lib/system/clock.ts': ['Date'],
  'lib/system/local-time.ts': ['Date'],
  [NODE]:
    'Atomics Buffer Int32Array SharedArrayBuffer Symbol clearImmediate clearTimeout process setImmediate setTimeout'.split(
      ' ',
    ),
  [QUICKJS]: 'ArrayBuffer Uint8Array decodeURIComponent encodeURIComponent escape unescape scriptArgs'.split(' '),
  'bin/node.ts': ['process'],
  'bin/quickjs.ts': ['ArrayBuffer'],
};
tap.test('what a source text needs of its engine', async (t) => {
  const CASES: [text: string, globals: string[], modules?: string[], locale?: string[]][] = [
    ['process.exit(1)', ['process']],
    ['export const env = { ...process.env }', ['process']],
    ['setTimeout(() => {}, 1)', ['setTimeout']],
    ['const { now } = performance; export const at = now()', ['performance']],
    ['export const copy = <T>(value: T) => structuredClone(value)', ['structuredClone']],
    ['class A extends URL {}', ['URL']],
    ['export const all = { Buffer }', ['Buffer']],
    ['export default [new TextDecoder().decode()]', ['TextDecoder']],
    ['function f(signal = new AbortController().signal) { return signal }', ['AbortController']],
    ['globalThis.console.log()', ['globalThis']],
    ['export const at = Date.now()', ['Date']],
    ['import * as std from "std"; std.exit(1)', [], ['std']],
    ['import { readFileSync } from "node:fs"; readFileSync("")', [], ['node:fs']],
    ['import type { Stats } from "fs"', [], ['fs']],
    ['export { join } from "node:path"', [], ['node:path']],
    ['export const load = () => import("os")', [], ['os']],
    ['export const is = /^\\p{L}$/u', [], [], ['/^\\p{L}$/u']],
    ['[1].toLocaleString()', [], [], ['toLocaleString']],
    ['new Intl.Collator()', ['Intl']],
    // Words that mean something else here.
    ['const process = 1; export const a = process', []],
    ['export const a = { process: 1, exit() {} }; a.process', []],
    ['// process, and "setTimeout"\nexport const a = "process"', []],
    ['export type A = Buffer | URL; export interface B { performance: Performance }', []],
    ['export const f = ({ process: a }: { process: number }) => a', []],
    ['const f = (setTimeout: () => void) => setTimeout(); f(() => {})', []],
  ];
  for (const [text, globals, modules = [], locale = []] of CASES) {
    t.strictSame(needsOf(text), { globals, modules, locale }, text);
  }
});

tap.test('one folder for each engine knows it, and nothing else does', async (t) => {
  for (const { file, text } of SOURCES.filter((source) => !source.file.startsWith('lib/package/'))) {
    const { globals, modules, locale } = needsOf(text);
    const more = Object.entries(MORE).flatMap(([start, names]) => (file.startsWith(start) ? names : []));
    t.strictSame(
      globals.filter((name) => !LANGUAGE.includes(name) && !more.includes(name)),
      [],
      `globals of ${file}`,
    );
    const ofQuickjs = ['std', 'os'].filter((name) => modules.includes(name));
    if (!file.startsWith(QUICKJS) && file !== 'bin/quickjs.ts') t.strictSame(ofQuickjs, [], `QuickJS in ${file}`);
    const ofNode = modules.filter((name) => name.startsWith('node:') || builtinModules.includes(name));
    if (!file.startsWith(NODE)) {
      t.strictSame(
        ofNode.filter((name) => !ofQuickjs.includes(name)),
        [],
        `Node in ${file}`,
      );
    }
    // A Node without ICU, as OpenWrt has it, lacks all that, and QuickJS some of it.
    if (!file.startsWith(QUICKJS)) t.strictSame(locale, [], `words of a locale in ${file}`);
  }
});

tap.test('QuickJS is started alike by who uses the program, by who goes on with it, and by who tests it', async (t) => {
  const FILES = ['lib/launch/quickjs', 'test/engine/engines.ts', 'test/lab/program.ts', 'test/emulated/run.sh'];
  const words = async (file: string) => (await readFile(file, 'utf8')).replace(/[',]/g, '');
  const [options] = /--no-unhandled-rejection [^\]]*-m/.exec(await words(`${QUICKJS}engine.ts`)) ?? [];
  t.type(options, 'string');
  for (const file of FILES) t.match(await words(file), `qjs ${options}`, file);
});
