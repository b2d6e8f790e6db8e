import { PLUGINS } from '../config/plugins.js';
import type { Config, Plugin, Problem } from '../model.js';
import { basename, dirname } from '../path.js';
import { safe } from '../report/words.js';
import type { Tools } from '../system/exec.js';
import { findExposure } from '../system/trust.js';
import { exposureProblem } from './configuration.js';

/** Of our plugins, the programs of which one must be there to do the work, and what to do where none is. */
const NEEDS: ReadonlyMap<string, { programs: string[]; remedy: Problem['remedy'] & object }> = new Map(
  Object.entries({
    webhook: { programs: ['curl'], remedy: [{ install: 'curl' }] },
    influxdb: { programs: ['curl'], remedy: [{ install: 'curl' }] },
    graphite: { programs: ['nc', 'socat'], remedy: [{ install: 'socat' }] },
    mail: { programs: ['sendmail'], remedy: ["install one, as msmtp, and name it: option sendmail 'msmtp'"] },
  }),
);

/** What is wrong with the programs that a configuration names. */
export async function examinePrograms(tools: Tools, config: Config): Promise<Problem[]> {
  const { notify, wans, plugins = [] } = config;
  const own = wans.flatMap(({ name, restart }) =>
    restart?.program === undefined ? [] : [{ option: `interface '${name}'`, program: restart.program }],
  );
  const all = [...own, ...plugins.map(({ name, program }) => ({ option: `plugin '${name}'`, program }))];
  const exposed = notify === undefined ? undefined : findExposure(tools.engine, notify);
  const needs = await Promise.all(plugins.map((plugin) => examineNeeds(tools, plugin)));
  return [
    ...(exposed ? [exposureProblem(exposed)] : []),
    ...all.flatMap(({ option, program }) => examineProgram(tools, option, program)),
    ...needs.flat(),
  ];
}

function examineProgram({ engine }: Tools, option: string, program: string): Problem[] {
  const found = look(engine, program);
  if (!found) return [{ option, text: `there is no program ${program}` }];
  if (found.kind !== 'file' || (found.mode & 0o111) === 0) {
    return [{ option, text: `${program} cannot be executed`, remedy: [`chmod +x '${program}'`] }];
  }
  const exposed = findExposure(engine, program);
  return exposed ? [{ option, ...exposureProblem(exposed) }] : [];
}

function look({ files }: Tools['engine'], path: string) {
  try {
    return files.stat(path);
  } catch {
    return undefined;
  }
}

async function examineNeeds(tools: Tools, { name, program, variables }: Plugin): Promise<Problem[]> {
  const needs = dirname(program) === PLUGINS ? NEEDS.get(basename(program)) : undefined;
  if (!needs) return [];
  const option = `plugin '${name}'`;
  const own = basename(program) === 'mail' ? variables.SENDMAIL : undefined;
  if (own?.startsWith('/')) return examineProgram(tools, option, own);
  const programs = own ? [own] : needs.programs;
  for (const each of programs) if (await tools.exec.find(each)) return [];
  const words = programs.map((each) => `'${safe(each, 200)}'`).join(' or ');
  return [{ option, text: `it needs the program ${words}, which is not there`, remedy: needs.remedy }];
}
