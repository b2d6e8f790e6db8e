/** The line that starts rounds, for crontabs without a field for the user. */
export const CRON_LINE = '* * * * * /usr/lib/mini-mwan/minute';
/** Our line, also with another time: five fields, the command, and nothing more. */
const OURS = /^([^\s#]\S*)([ \t]+\S+){4}[ \t]+\/usr\/lib\/mini-mwan\/minute\s*$/;

/** The crontab with our line in it. All other lines stay as they are, byte for byte. */
export function withLine(crontab: string): string {
  if (crontab.split('\n').some((line) => OURS.test(line))) return crontab;
  // Behind a last line that does not end, ours would mend it, and could not be taken out again without a trace.
  return crontab === '' || crontab.endsWith('\n') ? `${crontab}${CRON_LINE}\n` : `${CRON_LINE}\n${crontab}`;
}

/** The crontab without it. */
export function withoutLine(crontab: string): string {
  const lines = crontab.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return lines.filter((line) => !OURS.test(line)).join('');
}
