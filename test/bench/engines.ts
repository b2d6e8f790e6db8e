import { existsSync } from 'node:fs';
import { arch } from 'node:os';
import { resolve } from 'node:path';
import { NODE, QUICKJS } from '../lab/program.js';

/** What `npm run binary` makes, if it has been run. */
const ARCH: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64' };
const EXECUTABLE = resolve(`dist/mini-mwan-${ARCH[arch()] ?? arch()}`);

/** By name, the words that start the program on each engine that is there. */
export const ENGINES: [name: string, program: string[]][] = [
  ['QuickJS', QUICKJS],
  ...(existsSync(EXECUTABLE) ? [['executable', [EXECUTABLE]] as [string, string[]]] : []),
  ['Node', NODE],
];
