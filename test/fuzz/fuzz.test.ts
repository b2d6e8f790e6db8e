import assert from 'node:assert/strict';
import fc from 'fast-check';
import tap from 'tap';
import { readPlain } from '../../lib/cli/argv.js';
import type { Engine, Order } from '../../lib/engine/engine.js';
import { createEngine } from '../../lib/engine/node/engine.js';
import { parseJson } from '../../lib/json.js';
import { parseInterfaces } from '../../lib/observe/interfaces.js';
import { parseLinks } from '../../lib/observe/links.js';
import { parseObjects } from '../../lib/observe/nexthops.js';
import { parseRoutes } from '../../lib/observe/routes.js';
import { round } from '../../lib/round.js';
import { createExec } from '../../lib/system/exec.js';
import { CONFIG, FakeWorld } from '../world.js';
import { damaged, oddJson } from './mutate.js';
import { DUMP, LINKS, READERS, ROUTES, STATE } from './readers.js';

/** For a long search by hand: FUZZ=100 npx tap --timeout=3600 test/fuzz */
const TIMES = Number(process.env.FUZZ ?? 1);

/** All that any object has without having been told. */
const inherited = () => [Object.prototype, Array.prototype, Function.prototype].map(Object.getOwnPropertyNames);
const INHERITED = inherited();

for (const { name, samples, read } of READERS) {
  tap.test(`any text, read as ${name}`, async (t) => {
    for (const text of samples) t.doesNotThrow(() => read(text), 'a real one');
    fc.assert(fc.property(damaged(samples), read), { numRuns: 1500 * TIMES });
    t.strictSame(inherited(), INHERITED, 'no object has learned anything');
  });
}

tap.test('any JSON in place of what ip and netifd print', async (t) => {
  for (const { name, samples, read } of READERS) {
    const value = parseJson(samples[0] ?? '');
    if (typeof value !== 'object') continue;
    fc.assert(
      fc.property(oddJson(value), (odd) => read(JSON.stringify(odd) ?? '')),
      { numRuns: 700 * TIMES },
    );
    t.pass(name);
  }
  t.strictSame(inherited(), INHERITED);
});

tap.test('whatever ip and netifd say, a round comes to its end', async (t) => {
  const [links, routes, dump] = [LINKS, ROUTES, DUMP].map((text) => JSON.parse(text));
  const device = (i: number) => links[i % links.length].ifname as string;
  const config = { ...CONFIG, wans: CONFIG.wans.map((wan, i) => ({ ...wan, device: device(i + 1) })) };
  const property = fc.asyncProperty(oddJson(links), oddJson(routes), oddJson(dump), async (...values) => {
    const odd = values.map((value) => parseJson(JSON.stringify(value) ?? ''));
    const world = new FakeWorld();
    const seen = {
      links: parseLinks(odd[0]) ?? [],
      routes: parseRoutes(odd[1]) ?? [],
      interfaces: parseInterfaces(odd[2]) ?? [],
      objects: parseObjects(odd[1]) ?? [],
      blind: [],
    };
    world.platform.observe = async () => seen;
    const silent = { changing: () => {}, judged: () => {} };
    const { state } = await round(
      world,
      silent,
      config,
      { ...STATE, bootId: 'boot' },
      { begun: world.now(), dryRun: true },
    );
    assert.equal(state.wans.length, 2);
  });
  await fc.assert(property, { numRuns: 500 * TIMES });
  t.pass();
});

tap.test('any environment, any arguments', async (t) => {
  const path = fc.oneof(fc.string({ unit: 'binary' }), damaged(['/usr/sbin:/usr/bin:/sbin:/bin', '.:..:~/bin:/tmp']));
  const withPath = (text: string | undefined): Engine => ({ ...createEngine(), env: { PATH: text, HOME: '/root' } });
  const found = fc.asyncProperty(fc.option(path, { nil: undefined }), async (text) => {
    const orders: Order[] = [];
    const start = (order: Order) => {
      orders.push(order);
      return { ended: Promise.resolve({ stdout: '', stderr: '', exitCode: 0 }), kill: () => {} };
    };
    const exec = createExec({ ...withPath(text), start });
    assert((await exec.find('sh'))?.startsWith('/'), 'the folders of the system are searched all the same');
    await exec.start('sh', [], { timeout: 20_000 }).finished;
    assert.deepEqual(Object.keys(orders[0]?.env ?? {}).sort(), ['LC_ALL', 'PATH']);
    assert(
      orders[0]?.env.PATH?.split(':').every((folder) => folder.startsWith('/')),
      'nothing relative',
    );
  });
  await fc.assert(found, { numRuns: 300 * TIMES });
  const started = fc.asyncProperty(path, async (text) => {
    const { exitCode, failure } = await createExec(withPath(text)).start('true', [], { timeout: 20_000 }).finished;
    assert(exitCode === 0 || failure !== undefined);
  });
  await fc.assert(started, { numRuns: 30 * TIMES });
  const words = fc.constantFrom(
    'check',
    'status',
    '--version',
    '-n',
    '--json',
    '--config',
    '--state',
    '/a',
    '--',
    '',
    '__proto__',
  );
  const read = fc.property(fc.array(fc.oneof(words, fc.string({ unit: 'binary' })), { maxLength: 6 }), (argv) => {
    const { command, options } = readPlain(argv) ?? {};
    assert(command === undefined || ['check', 'status', 'version'].includes(command));
    assert(options === undefined || (options.config.startsWith('/') && options.state.startsWith('/')));
  });
  fc.assert(read, { numRuns: 3000 * TIMES });
  t.strictSame(inherited(), INHERITED);
});
