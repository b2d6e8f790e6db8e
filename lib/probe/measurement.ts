import { isIPv4 } from '../address.js';
import type { Probe, Sample, TargetResult, Wan } from '../model.js';
import { type Series, startSeries } from './series.js';
import { type Prober, startVolley, type Volley } from './volley.js';

/** All packets to all targets, whatever is answered; who is not pinged is asked until there is an answer. */
export function startMeasurement(prober: Prober, wan: Wan, device: string): Volley[] {
  return wan.targets.map((target) =>
    (wan.family || isIPv4(target) ? startSeries : startVolley)(prober, wan, device, target),
  );
}

/** Of a line that could be measured to all targets that are pinged; one that cannot be asked counts for nothing. @param results of these volleys, in their order */
export function samplesOf(
  series: (Volley & Partial<Series>)[] = [],
  results: TargetResult[] = [],
): Pick<Probe, 'samples' | 'unmeasured'> {
  const samples = series.flatMap((volley, i) => volley.sample ?? sampleOf(volley, results[i]) ?? []);
  const [unmeasured] = series.flatMap(whyUnmeasured);
  return {
    ...(samples.length === series.length && samples.some(({ sent }) => sent > 0) ? { samples } : {}),
    ...(unmeasured === undefined ? {} : { unmeasured }),
  };
}

function whyUnmeasured({ program, understood, broken, unmeasured }: Volley & Partial<Series>): string[] {
  if (unmeasured !== undefined) return [`ping -i 0.3: ${unmeasured}`];
  return program === 'ping' || understood ? [] : [`${program}: ${broken}`];
}

/** Of a target that is not pinged: those that were lost before its answer, and that, if it is known how long it took. */
function sampleOf({ program, understood, lost }: Volley, result: TargetResult | undefined): Sample | undefined {
  if (program === 'ping') return undefined;
  if (!understood) return { sent: 0, rtts: [] };
  const rtts = result?.rtt === undefined ? [] : [result.rtt];
  return { sent: lost + rtts.length, rtts };
}
