import type { Engine } from '../../engine/engine.js';
import type { LogLine } from '../../report/log.js';
import { datedLine } from '../../report/log-file.js';
import { attempt } from '../files.js';
import { localTime } from '../local-time.js';
import { exists } from '../tree.js';

/** What people look at first; rotated by logrotate, for which nothing keeps it open. */
export const LOG = '/var/log/mwan.log';
/** What has it rotated, while mini-mwan is installed: a log that nobody rotates would fill the disk. */
const ROTATION = '/etc/logrotate.d/mini-mwan';

/** Appends lines to the log. A full disk, or whatever is in its place, stops nobody: syslog has them, too. */
export function append(engine: Engine, lines: LogLine[]): void {
  if (!exists(engine, ROTATION)) return;
  const { files } = engine;
  const now = localTime();
  const text = lines.map((line) => datedLine(line, now)).join('');
  attempt(() => {
    const file = files.openToAppend(LOG, 0o644);
    try {
      files.writeText(file, text);
    } finally {
      files.close(file);
    }
  });
}
