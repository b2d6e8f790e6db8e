/** A TCP connection that always has more to send, as cubic does it; counted in full packets. */
export interface Flow {
  window: number;
  flying: number;
  /** ms: no loss of what was sent before this lowers the window again. */
  lowered: number;
  lost(at: number, sent: number): void;
  answered(at: number, sent: number): void;
  /** How many packets it sends now. */
  due(at: number): number;
}

/** cubic's own numbers (RFC 9438). */
const SCALE = 0.4;
const BETA = 0.7;
/** Added delay, ms, at which slow start ends, as Linux' hystart does. */
const HYSTART = 8;

export function cubic(): Flow {
  let top = 0;
  let slow = true;
  let nearest = Number.POSITIVE_INFINITY;
  let friendly = 0;
  const flow: Flow = {
    window: 10,
    flying: 0,
    lowered: Number.NEGATIVE_INFINITY,
    due: () => Math.max(0, Math.floor(flow.window) - flow.flying),
    lost(at, sent) {
      flow.flying--;
      if (sent < flow.lowered) return;
      slow = false;
      top = flow.window < top ? (flow.window * (1 + BETA)) / 2 : flow.window;
      flow.window = Math.max(2, flow.window * BETA);
      friendly = flow.window;
      flow.lowered = at;
    },
    answered(at, sent) {
      flow.flying--;
      const rtt = at - sent;
      nearest = Math.min(nearest, rtt);
      if (slow) {
        flow.window++;
        if (rtt > nearest + HYSTART && flow.window > 16) {
          slow = false;
          top = flow.window;
          friendly = flow.window;
          flow.lowered = at;
        }
        return;
      }
      const turn = Math.cbrt((top * (1 - BETA)) / SCALE);
      const aim = SCALE * ((at + rtt - flow.lowered) / 1000 - turn) ** 3 + top;
      friendly += (3 * (1 - BETA)) / (1 + BETA) / flow.window;
      const wanted = Math.min(1.5 * flow.window, Math.max(aim, friendly));
      if (wanted > flow.window) flow.window += (wanted - flow.window) / flow.window;
    },
  };
  return flow;
}

/** A sender that heeds nothing, as a call or a film does it. @param rate kbit/s */
export function constant(rate: number): Flow {
  let sent = 0;
  let begun: number | undefined;
  return {
    window: 0,
    flying: 0,
    lowered: 0,
    lost() {},
    answered() {},
    due(at) {
      begun ??= at;
      const due = Math.floor((rate * (at - begun)) / 12_112) - sent;
      sent += due;
      return due;
    },
  };
}
