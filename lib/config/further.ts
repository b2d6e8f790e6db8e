import type { Config, Problem, Wan } from '../model.js';
import { readHistory } from './history.js';
import { readPlugins } from './plugins.js';
import { readQuotaPath } from './quota.js';
import { readRouteros } from './routeros.js';
import { readShapers } from './shaper.js';
import type { UciOption, UciSection } from './uci.js';

/** What is asked for beside WANs and how they are used. @param enabled plugins are there all the same */
export function readFurther(
  settings: Map<string, UciOption>,
  sections: UciSection[],
  wans: Wan[],
  enabled: boolean,
  problems: Problem[],
): Pick<Config, 'history' | 'quotaPath' | 'plugins' | 'shapers' | 'routeros'> {
  const kept = { ...readHistory(settings, problems), ...readQuotaPath(settings, wans, problems) };
  const plugins = readPlugins(sections, problems);
  const shapers = readShapers(sections, wans, problems);
  const routeros = readRouteros(sections, wans, shapers, problems);
  return {
    ...(plugins.length > 0 ? { plugins } : {}),
    ...(enabled && shapers.length > 0 ? { shapers } : {}),
    ...(enabled ? kept : {}),
    ...(enabled && routeros.length > 0 ? { routeros } : {}),
  };
}
