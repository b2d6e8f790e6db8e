import type { PluginMemory, State, Told } from '../model.js';

/** What plugins have been told and given. */
export interface Heard {
  told: Told[];
  /** s since boot when a plugin was given figures last, by its name. Of those with an interval. */
  sent: Record<string, number>;
}

/** In place of a time that is not known. */
const NONE = '-';
const TOLD = /^([\w-]{1,64}) ([!-<>-~]{1,120}) (-|[\d.]{1,20}) (open|over)$/;
const SENT = /^([\w-]{1,64}) ([\d.]{1,20})$/;

/** The lines of the state file that say it. */
export function formatMemory({ told, sent }: Heard): PluginMemory {
  return {
    alerts: told.map(({ plugin, key, at, open }) =>
      [plugin, key, at?.toFixed(2) ?? NONE, open ? 'open' : 'over'].join(' '),
    ),
    sent: Object.entries(sent).map(([plugin, at]) => `${plugin} ${at.toFixed(2)}`),
  };
}

/** What they say; what is none of them is left out, and so are times that are still to come. */
export function parseMemory({ plugins, uptime }: Pick<State, 'plugins' | 'uptime'>): Heard {
  const { alerts, sent } = plugins ?? { alerts: [], sent: [] };
  const timeOf = (text: string | undefined) => {
    const at = Number(text);
    return at <= uptime ? at : undefined;
  };
  const told = alerts.flatMap((line): Told[] => {
    const [, plugin = '', key = '', when, word] = TOLD.exec(line) ?? [];
    const at = timeOf(when);
    return word === undefined ? [] : [{ plugin, key, ...(at === undefined ? {} : { at }), open: word === 'open' }];
  });
  const times = sent.flatMap((line): [string, number][] => {
    const [, plugin = '', when] = SENT.exec(line) ?? [];
    const at = timeOf(when);
    return at === undefined ? [] : [[plugin, at]];
  });
  return { told, sent: Object.fromEntries(times) };
}
