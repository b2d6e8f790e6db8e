import type { State } from '../model.js';

/** What is known before a round has run: of no boot, so that nothing takes it for one. */
export const EMPTY_STATE: State = {
  mode: 'failover',
  timestamp: 0,
  checkInterval: 10,
  bootId: 'none',
  uptime: 0,
  duration: 0,
  changes: 0,
  exitCode: 0,
  complaints: [],
  wans: [],
};
