import type { Steering } from '../model.js';

/** What is remembered of a `config steering` section. Times are s since boot. */
export interface Steered extends Pick<Steering, 'name' | 'primary' | 'alternate' | 'dryRun'> {
  /** Its flows are led away; in a dry run, they would be. */
  on: boolean;
  /** When that changed last. Absent: it never has. */
  since?: number;
  /** Since when it should be otherwise. Absent: it is as it should be. */
  differs?: number;
  /** Until when more certainty is asked for: it has changed too often. */
  wary?: number;
  /** ms there and back by the primary while nothing waits. Absent: not known. */
  base?: number;
  /** 0-100: how certain it is that the primary is congested. */
  score: number;
  /** When it changed of late, the oldest first. */
  toggles: number[];
  /** What speaks for it, or what stands in the way, in words. */
  reason: string;
}

const TIME = '(\\d{1,12}\\.\\d\\d|-)';
const NAME = '([\\w.@+-]{1,64})';
/** `voice wan wanb on live 120.50 - - 12.30 60 20.00,120.50 wan: RED, 90 ms added` */
const LINE = new RegExp(
  `^${NAME} ${NAME} ${NAME} (on|off) (dry|live) ${TIME} ${TIME} ${TIME} ${TIME} (\\d{1,3}) ((?:\\d{1,12}\\.\\d\\d,){0,8}\\d{1,12}\\.\\d\\d|-) (.{0,300})$`,
);

/** The line of the state file that says it. */
export function formatSteered(steered: Steered): string {
  const { name, primary, alternate, on, dryRun, since, differs, wary, base, score, toggles, reason } = steered;
  const times = [since, differs, wary, base].map((value) => value?.toFixed(2) ?? '-');
  const list = toggles.map((at) => at.toFixed(2)).join(',') || '-';
  const words = [name, primary, alternate, on ? 'on' : 'off', dryRun ? 'dry' : 'live', ...times, score, list];
  // Nothing that would end a line or a value, nor what ini takes for a comment.
  return `${words.join(' ')} ${reason.replace(/[^ -~]|[=\\;#"']/g, '?').slice(0, 300)}`.trimEnd();
}

/** The first of each section; what is none is left out. */
export function parseSteered(lines: string[] = []): Steered[] {
  const all = lines.flatMap((line): Steered[] => {
    // What nobody has to say has no blank before it.
    const [, name = '', primary = '', alternate = '', on, dry, ...rest] = LINE.exec(`${line} `) ?? [];
    if (on === undefined) return [];
    const [since, differs, wary, base, score, toggles, reason = ''] = rest;
    const times = { since, differs, wary, base };
    return [
      {
        ...{ name, primary, alternate, on: on === 'on', dryRun: dry === 'dry' },
        ...Object.fromEntries(
          Object.entries(times).flatMap(([key, text]) => (text === '-' ? [] : [[key, Number(text)]])),
        ),
        score: Math.min(100, Number(score)),
        toggles: toggles === '-' ? [] : (toggles ?? '').split(',').map(Number),
        reason: reason.trimEnd(),
      },
    ];
  });
  return all.filter(({ name }, i) => all.findIndex((other) => other.name === name) === i);
}
