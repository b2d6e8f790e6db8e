import tap from 'tap';
import { SOURCES } from './sources.js';

/** From the top down: a file takes values and types only from layers below, and from others of its own layer. */
const LAYERS: string[][] = [
  ['bin/'],
  ['lib/engine/node/', 'lib/engine/quickjs/'],
  ['lib/package/'],
  ['lib/cli/'],
  ['lib/commands/'],
  ['lib/run/'],
  ['lib/doctor/surroundings.ts'],
  ['lib/replay/'],
  ['lib/round.ts'],
  ['lib/optional.ts', 'lib/reconcile.ts', 'lib/view.ts'],
  ['lib/world.ts'],
  ['lib/platform/'],
  [
    'lib/probe/measurement.ts',
    'lib/probe/probe.ts',
    'lib/probe/series.ts',
    'lib/probe/volley.ts',
    'lib/actuators/routes/routes.ts',
    'lib/actuators/routes/apply.ts',
    'lib/actuators/red/red.ts',
    'lib/actuators/red/apply.ts',
    'lib/actuators/mptcp/mptcp.ts',
    'lib/actuators/mptcp/apply.ts',
    'lib/actuators/deprecation/deprecation.ts',
    'lib/actuators/six/six.ts',
    'lib/actuators/translation/investigate.ts',
    'lib/actuators/translation/translation.ts',
    'lib/actuators/tables/tables.ts',
    'lib/actuators/tables/apply.ts',
    'lib/actuators/tables/in-order.ts',
    'lib/actuators/inbound/inbound.ts',
    'lib/actuators/inbound/six.ts',
    'lib/actuators/qdisc/qdisc.ts',
    'lib/actuators/qdisc/apply.ts',
  ],
  ['lib/install/'],
  ['lib/system/'],
  ['lib/engine/engine.ts'],
  // What is pure: plain data in, plain data out.
  [
    'lib/actuators/',
    'lib/config/',
    'lib/diff.ts',
    'lib/doctor/',
    'lib/health/',
    'lib/history/',
    'lib/http/',
    'lib/import/',
    'lib/observe/',
    'lib/plan.ts',
    'lib/policy/',
    'lib/probe/',
    'lib/quota/',
    'lib/report/',
    'lib/shape/',
    'lib/state/',
  ],
  [
    'lib/address.ts',
    'lib/address6.ts',
    'lib/explain.ts',
    'lib/family.ts',
    'lib/hash.ts',
    'lib/json.ts',
    'lib/method.ts',
    'lib/model.ts',
    'lib/path.ts',
    'lib/routeros.ts',
    'lib/target.ts',
    'lib/uplink.ts',
    'lib/version.ts',
  ],
  ['package.json'],
  // Files for the system, which the build takes in as text.
  [
    'cron/',
    'hotplug/',
    'lib/cgi/',
    'lib/init/',
    'lib/ipfire/',
    'lib/launch/',
    'lib/plugins/',
    'lib/rpcd/',
    'lib/install/default.uci',
  ],
];

const isAbove = (file: string, start: string) => (start.endsWith('/') ? file.startsWith(start) : file === start);
/** The first layer that names the file itself, or else the first that names its folder. */
const layerOf = (file: string) => {
  const itself = LAYERS.findIndex((layer) => layer.includes(file));
  return itself >= 0 ? itself : LAYERS.findIndex((layer) => layer.some((start) => isAbove(file, start)));
};

tap.test('imports run downhill', async (t) => {
  t.ok(SOURCES.length > 100, `${SOURCES.length} files`);
  for (const { file, imports } of SOURCES) {
    t.not(layerOf(file), -1, `${file} has a layer`);
    for (const path of imports) {
      t.not(layerOf(path), -1, `${path} has a layer`);
      t.ok(layerOf(path) >= layerOf(file), `${file} may import ${path}`);
    }
  }
  for (const start of LAYERS.flat()) {
    const used = SOURCES.some(({ file, imports }) => [file, ...imports].some((name) => isAbove(name, start)));
    t.ok(used, `${start} is something of the program`);
  }
});

tap.test('nothing needs itself, by whatever way', async (t) => {
  const importsOf = new Map(SOURCES.map(({ file, imports }) => [file, imports]));
  const known = new Set<string>();
  const cycleFrom = (file: string, way: string[]): string[] | undefined => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (known.has(file)) return undefined;
    for (const next of importsOf.get(file) ?? []) {
      const cycle = cycleFrom(next, [...way, file]);
      if (cycle) return cycle;
    }
    known.add(file);
    return undefined;
  };
  for (const { file } of SOURCES) t.equal(cycleFrom(file, []), undefined, file);
});

tap.test('an engine knows nothing of the program, and only bin/ chooses one', async (t) => {
  const folders = ['lib/engine/node/', 'lib/engine/quickjs/'];
  const engineOf = (file: string) => folders.find((folder) => file.startsWith(folder));
  for (const { file, imports } of SOURCES) {
    const own = engineOf(file);
    if (own) {
      const allowed = ['lib/engine/engine.ts', 'lib/explain.ts'];
      const others = imports.filter((path) => !path.startsWith(own) && !allowed.includes(path));
      t.strictSame(others, [], `${file} needs only the interface`);
    } else if (!file.startsWith('bin/')) t.strictSame(imports.filter(engineOf), [], `${file} takes what it is given`);
  }
});
