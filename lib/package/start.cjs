#!/usr/bin/env node
// Runs the program, which the build appends as a comment, and the packages as another one. V8 takes longer to understand the
// program than to run it, so the rounds of `cron/early` keep in RAM what V8 made of it: a fifth of their time less. Without that
// file, or where it is not as it should be, all is the same, but slower.
const fs = require('node:fs');
const { Script } = require('node:vm');

const FILE = '/var/run/mini-mwan.code';
/** What it ends with: it is for this program alone, of which V8 compares no more than the length. */
const SEAL = Buffer.from(__PROGRAM);
const [program, packages] = fs.readFileSync(__filename, 'latin1').split('\n//').slice(-2);

/** The packages that only a person at the keyboard needs. Compressed, because Node reads all of a file before it runs any. */
function loadPackages() {
  const text = require('node:zlib').brotliDecompressSync(Buffer.from(packages, 'base64')).toString();
  const module = { exports: {} };
  const url = require('node:url').pathToFileURL(__filename).href;
  new Function('module', 'require', '__url', text)(module, require, url);
  return module.exports;
}

let loaded;
function requireAny(name) {
  if (!__PACKAGES.includes(name)) return require(name);
  loaded ??= loadPackages();
  return loaded[name];
}

/** Undefined if there is none, whole and for us, that root alone can have written. It is there twice: V8 would run anything. */
function readCode() {
  try {
    const file = fs.openSync(FILE, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    const found = fs.fstatSync(file);
    const isRoots = found.isFile() && found.uid === 0 && (found.mode & 0o022) === 0;
    const content = isRoots ? fs.readFileSync(file) : SEAL;
    fs.closeSync(file);
    const half = (content.length - SEAL.length) / 2;
    const [code, again, end] = [content.subarray(0, half), content.subarray(half, -SEAL.length), content.subarray(-SEAL.length)];
    return half > 0 && end.equals(SEAL) && code.equals(again) ? code : undefined;
  } catch {
    return undefined;
  }
}

function writeCode() {
  const temporary = `${FILE}.tmp`;
  try {
    const code = script.createCachedData();
    fs.writeFileSync(temporary, Buffer.concat([code, code, SEAL]), { flag: 'wx', mode: 0o644 });
    fs.renameSync(temporary, FILE);
  } catch {
    // Where a kill has left one, or another round is at it, the next round has its try.
    fs.rmSync(temporary, { force: true, recursive: true });
  }
}

const cachedData = readCode();
const script = new Script(`(function (require, __filename) {${program}\n})`, { filename: __filename, cachedData });
const isKept = cachedData !== undefined && !script.cachedDataRejected;
if (!isKept && process.argv.includes('--early') && process.geteuid() === 0) process.on('exit', writeCode);
script.runInThisContext()(requireAny, __filename);
