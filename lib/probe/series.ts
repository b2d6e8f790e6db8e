import type { Sample, Wan } from '../model.js';
import { askArguments, MAX_OUTPUT, parseSeries, SPACING } from './ping.js';
import { createVolley, firstLine, OVERTIME, type Prober, startVolley, type Volley } from './volley.js';

/** s between two packets: SPACING, in ping's own unit. BusyBox takes fractions where it was built with them, as OpenWrt's is. */
const INTERVAL = String(SPACING / 1000);

/** Packets to one target that are all heard out. */
export interface Series extends Volley {
  /** Absent: ping could not be understood; it said this. */
  sample?: Sample;
  unmeasured?: string;
}

/**
 * All packets of a round to one target, by one ping, SPACING apart, and every answer to them. Where ping takes no such interval,
 * the line is probed by single packets, and nothing is measured.
 */
export function startSeries(prober: Prober, wan: Wan, device: string, target: string): Series {
  const { engine, turnstile, exec, bind } = prober;
  let cancelled = false;
  let cancel = () => {};
  const { volley, begin } = createVolley(target, () => {
    cancelled = true;
    cancel();
  });
  const series: Series = volley;
  series.result = new Promise((resolve) => {
    const launch = async (makeRoom: () => void) => {
      series.launched = wan.count;
      begin();
      const forget = engine.after(SPACING, makeRoom);
      const args = [
        ...askArguments(wan.timeout),
        '-c',
        String(wan.count),
        '-i',
        INTERVAL,
        ...bind(device, wan.family),
        target,
      ];
      const timeout = (wan.count - 1) * SPACING + wan.timeout * 1000 + OVERTIME;
      const child = exec.start('ping', args, { timeout, maxOutput: MAX_OUTPUT, output: 'mixed' });
      cancel = () => {
        forget();
        makeRoom();
        child.kill();
      };
      const { stdout, failure } = await child.finished;
      forget();
      makeRoom();
      if (cancelled) return;
      const sample = parseSeries(stdout);
      if (!sample) {
        const single = startVolley(prober, wan, device, target);
        cancel = single.cancel;
        const outcome = await single.result;
        const { understood, unstarted, launched, sent, lost, broken } = single;
        Object.assign(series, {
          understood,
          unstarted,
          launched,
          sent,
          lost,
          unmeasured: failure ?? firstLine(stdout),
        });
        if (broken !== undefined) series.broken = broken;
        resolve(outcome);
        return;
      }
      const [rtt] = sample.rtts;
      series.understood = true;
      series.sample = sample;
      series.sent = sample.sent;
      series.lost = sample.sent - sample.rtts.length;
      resolve(rtt === undefined ? { target, outcome: 'lost' } : { target, outcome: 'answered', rtt });
    };
    cancel = turnstile.enter(launch);
  });
  return series;
}
