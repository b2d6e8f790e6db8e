import { choice, flag, integer, priority, program } from './values.js';

/** What most configurations make do with. */

/** Options of the section of settings. */
export const SETTINGS = {
  enabled: flag(false),
  mode: choice(['failover', 'multiuplink'] as const, 'failover'),
  check_interval: integer(2, 3600, 10),
  sticky: flag(false),
  hash_policy: choice(['l3', 'l4'] as const, undefined),
  log_level: priority('notice'),
  // The Lua program's name for it.
  audit: priority('notice'),
  notify: program,
};

/** The highest metric of a WAN: behind it are those of routes for probes only. */
export const HIGHEST_METRIC = 899;

/** Options of a WAN that are numbers. */
export const NUMBERS = {
  metric: integer(1, HIGHEST_METRIC, 10),
  weight: integer(1, 100, 1),
  reliability: integer(1, 100, 1),
  ping_count: integer(1, 10, 3),
  ping_timeout: integer(1, 30, 2),
  failure_threshold: integer(1, 10, 2),
  recovery_threshold: integer(1, 100, 3),
  failback_delay: integer(0, 86400, 0),
  tier: integer(1, 100, 1),
};
/** More than anybody has; so that a broken file costs neither minutes nor memory. */
export const MAX_WANS = 500;
/** The options that lib/config/more.ts is not needed for. */
export const PLAIN_WAN = ['enabled', 'device', 'interface', 'ping_target', ...Object.keys(NUMBERS)];
