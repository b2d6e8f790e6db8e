import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import tap from 'tap';
import { runInKernel } from './kernel.js';
import type { Found } from './shaper/inside.js';

/** s. It takes half a minute on a machine that has nothing else to do. */
const PATIENCE = 240;

const folder = mkdtempSync('/tmp/mini-mwan-shaper-');
tap.teardown(() => rmSync(folder, { recursive: true, force: true }));
const outfile = join(folder, 'inside.mjs');
await build({ entryPoints: ['test/lab/shaper/inside.ts'], outfile, bundle: true, platform: 'node', format: 'esm' });
const { status, result = '{}' } = await runInKernel([process.execPath, outfile], 256, PATIENCE);
const found: Found & { error?: string } = JSON.parse(result);
tap.equal(status, 0, 'the kernel was there');
tap.equal(found.error, undefined);

tap.test('a round that is killed leaves a limit, and the next one makes the rest', async (t) => {
  const { clean, killed, made } = found;
  t.not(killed.code, 0);
  t.match(killed.queues.join('\n'), /dev eth1 root refcnt \d bandwidth 8Mbit/);
  t.notMatch(killed.queues.join('\n'), /mirred/, 'nothing leads to where nothing limits it yet');
  t.match(made, { code: 0, err: '', remembers: true });
  const words = 'triple-isolate nat nowash';
  t.match(made.cakes.up, `bandwidth 8Mbit diffserv3 ${words} ack-filter split-gso rtt 100ms noatm overhead 18 mpu 64`);
  t.match(made.cakes.down, /bandwidth 12Mbit diffserv3 .* ingress no-ack-filter .* noatm overhead 18 mpu 64$/);
  t.equal(made.queues.filter((line) => line.includes('Redirect to device mwan-eth1')).length, 1);
  t.ok(
    clean.every((line) => line.includes('dev eth1') || made.queues.includes(line)),
    'the other line is as it was',
  );
});

tap.test('another round changes nothing', async (t) => {
  t.match(found.second, { code: 0, out: '', err: '', changes: '' });
});

tap.test('so much passes, and no more', async (t) => {
  const { up, down } = found.carried;
  t.ok(up > 6 && up < 8, `${up} of 8 Mbit/s`);
  t.ok(down > 9 && down < 12, `${down} of 12 Mbit/s`);
});

tap.test('other words are put in place; what control set stays, and what nobody may set does not', async (t) => {
  const { code, changes, cakes } = found.changed;
  t.equal(code, 0);
  t.match(cakes.up, /bandwidth 9500Kbit diffserv4 .* nonat .* no-ack-filter .* raw overhead 0/);
  t.match(cakes.down, /bandwidth 12Mbit diffserv4 .* nonat .* raw overhead 0/);
  t.notMatch(changes, /deleted|noqueue/, 'at no moment without a limit');
});

tap.test('what somebody else has made is left, but for its rate', async (t) => {
  const { recorded, steered, theirs } = found;
  t.match(recorded, { code: 0, err: /shaper 'other': eth2 has a CAKE of somebody else/ });
  t.match([steered.up, steered.down], [/8001: .* bandwidth 5Mbit besteffort/, /8002: .* bandwidth 4Mbit diffserv3/]);
  const but = (lines: string[]) => lines.map((line) => line.replace('bandwidth 5Mbit', 'bandwidth 9Mbit'));
  t.strictSame(but(steered.queues), theirs, 'of the line that is away, nothing is left');
  t.equal(recorded.replayed.code, 0);
  t.equal(recorded.replayed.out + recorded.replayed.err, recorded.out + recorded.err);
});

tap.test('restore leaves nothing of ours, and puts back what was', async (t) => {
  const { restored, theirs, clean } = found;
  t.match(restored, { code: 0, err: '', remembers: false });
  const eth1 = clean.filter((line) => line.includes('dev eth1'));
  t.strictSame([...restored.queues].sort(), [...theirs, ...eth1].sort());
});
