import type { Observation } from '../model.js';
import { parseCongestion } from '../observe/congestion.js';
import { recall } from '../system/beside.js';
import type { Tools } from '../system/exec.js';
import { SHAPE } from '../system/queues.js';

/** With what the control of lines that are shaped says of them. */
export function withCongestion(tools: Tools, seen: Observation): Observation {
  return { ...seen, congestion: parseCongestion(recall(tools, SHAPE) ?? '') };
}
