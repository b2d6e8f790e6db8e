import type { Probe, Problem } from '../model.js';

/** What is wrong with who asked the targets. @param blind nothing could be understood */
export function problemsOf(probes: ReadonlyMap<string, Probe>, blind: boolean): Problem[] {
  return [...pingProblems(probes, blind), ...unmeasuredProblems(probes)];
}

/** What keeps targets from being asked, once where it is true of all. */
function pingProblems(probes: ReadonlyMap<string, Probe>, blind: boolean): Problem[] {
  const said = [...probes].flatMap(([name, { broken, asker }]) =>
    broken === undefined ? [] : [{ name, broken, program: asker ?? ('ping' as const) }],
  );
  const [first] = said;
  if (!blind || !first) {
    return said.map(({ name, program, broken }) => ({ option: `interface '${name}'`, text: `${program}: ${broken}` }));
  }
  const { program, broken } = first;
  return [
    {
      text: `${program} could not be used: ${broken}; the verdicts stay as they were`,
      blocking: true,
      remedy: [program === 'ping' ? 'try: ping -c 1 -I DEVICE 1.1.1.1' : 'mini-mwan validate', { install: program }],
    },
  ];
}

/** Lines that are to be measured, and could only be probed. */
function unmeasuredProblems(probes: ReadonlyMap<string, Probe>): Problem[] {
  return [...probes].flatMap(([name, { unmeasured, broken }]) => {
    if (unmeasured === undefined || broken !== undefined) return [];
    const text = `its quality cannot be measured, by ${unmeasured}`;
    const remedy = unmeasured.startsWith('ping') ? { install: 'ping' as const } : 'mini-mwan validate';
    return [{ option: `interface '${name}'`, text, remedy: [remedy] }];
  });
}
