import { isIPv4 } from '../address.js';
import type { Probe, Sample, TargetResult, Wan } from '../model.js';
import { type Series, startSeries } from './series.js';
import { type Prober, startVolley, type Volley } from './volley.js';

/** All packets to all targets, whatever is answered; who is not pinged is asked until there is an answer. */
export function startMeasurement(prober: Prober, wan: Wan, device: string): Volley[] {
  return wan.targets.map((target) => (isIPv4(target) ? startSeries : startVolley)(prober, wan, device, target));
}

/** Only of a line that could be measured to all of its targets. @param results of these volleys, in their order */
export function samplesOf(
  series: (Volley & Partial<Series>)[] = [],
  results: TargetResult[] = [],
): Pick<Probe, 'samples' | 'unmeasured'> {
  const samples = series.flatMap((volley, i) => volley.sample ?? sampleOf(volley, results[i]) ?? []);
  if (samples.length === series.length) return { samples };
  const { unmeasured } = series.find((known) => known.unmeasured !== undefined) ?? {};
  return unmeasured === undefined ? {} : { unmeasured };
}

/** Of a target that is not pinged: those that were lost before its answer, and that, if it is known how long it took. */
function sampleOf({ program, understood, lost }: Volley, result: TargetResult | undefined): Sample | undefined {
  if (program === 'ping' || !understood) return undefined;
  const rtts = result?.rtt === undefined ? [] : [result.rtt];
  return { sent: lost + rtts.length, rtts };
}
