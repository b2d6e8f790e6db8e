import { demand, type Found, inflated, type PackageRead } from './read.js';

/** What opkg makes of a package. A reader of its own, which shares nothing with the writer and takes nothing on trust. */
export function readIpk(bytes: Buffer): PackageRead {
  const outer = readTar(gunzip(bytes));
  const names = ['./debian-binary', './data.tar.gz', './control.tar.gz'];
  demand(outer.map(({ path }) => path).join() === names.join(), 'another layout');
  const [version, data, control] = outer.map(({ content }) => content) as [Buffer, Buffer, Buffer];
  demand(version.toString() === '2.0\n', 'another version of the format');
  const unpacked = gunzip(data);
  const scripts: Record<string, string> = {};
  const texts: Record<string, string> = {};
  for (const { path, mode, content } of readTar(gunzip(control))) {
    if (path === './') continue;
    const isScript = content.toString().startsWith('#!');
    demand(mode === (isScript ? 0o755 : 0o644), `mode of ${path}`);
    (isScript ? scripts : texts)[path.slice(2)] = content.toString();
  }
  const { control: fields = '', conffiles = '', ...others } = texts;
  demand(Object.keys(others).length === 0, 'other files in control');
  const info = Object.fromEntries(fields.split('\n').map((line) => line.split(/: (.*)/).slice(0, 2)));
  demand(Number(info['Installed-Size']) === unpacked.length, 'another size');
  const found = readTar(unpacked).map((entry) => ({ ...entry, path: entry.path.replace(/^\.(\/.*?)\/?$/, '$1') }));
  return { info, scripts, userFiles: conffiles.split('\n').filter(Boolean), found };
}

/** One member of gzip (RFC 1952), with none of what may be in its header: no name, no time; made on a Unix. */
export function gunzip(bytes: Buffer): Buffer {
  demand(bytes.subarray(0, 10).equals(Buffer.from('1f8b0800000000000203', 'hex')), 'another header of gzip');
  const content = inflated(bytes.subarray(10, -8));
  demand(bytes.readUInt32LE(bytes.length - 8) === crc32(content), 'damaged: the sum is another');
  demand(bytes.readUInt32LE(bytes.length - 4) === content.length, 'damaged: the size is another');
  return content;
}

function crc32(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** An archive as POSIX describes it. */
export function readTar(bytes: Buffer): Found[] {
  const found: Found[] = [];
  let at = 0;
  while (bytes[at] !== 0) {
    const header = bytes.subarray(at, at + 512);
    const text = (from: number, to: number) => header.toString('utf8', from, to).split('\0')[0] ?? '';
    const octal = (from: number, to: number) => {
      demand(/^[0-7]+[ \0]*$/.test(header.toString('latin1', from, to)), 'not a number');
      return Number.parseInt(text(from, to), 8);
    };
    const summed = Buffer.concat([header.subarray(0, 148), Buffer.alloc(8, ' '), header.subarray(156)]);
    demand(octal(148, 156) === summed.reduce((sum, byte) => sum + byte, 0), 'damaged: the sum of a header is another');
    demand(header.toString('latin1', 257, 265) === 'ustar\x0000', 'another kind of archive');
    demand(octal(108, 116) === 0 && octal(116, 124) === 0, 'not of root');
    demand(octal(136, 148) === 0, 'another time');
    demand(
      header.subarray(265).every((byte) => byte === 0),
      'a name of an owner, or a prefix',
    );
    const [path, size, type] = [text(0, 100), octal(124, 136), text(156, 157)];
    demand(type === '0' || (type === '5' && size === 0 && path.endsWith('/')), `${path} is of another kind`);
    const content = bytes.subarray(at + 512, at + 512 + size);
    found.push({ path, folder: type === '5', mode: octal(100, 108), content });
    const end = at + 512 + size;
    at = Math.ceil(end / 512) * 512;
    demand(
      bytes.subarray(end, at).every((byte) => byte === 0),
      'something behind a file',
    );
  }
  demand(bytes.length === at + 1024 && bytes.subarray(at).every((byte) => byte === 0), 'another end');
  return found;
}
