/**
 * The programs that a command starts, in the order of their names, as strace sees them: how much a round does, whatever it does it
 * with.
 *
 * @param shell runs a script where the command is to run
 */
export async function started(
  shell: (script: string) => Promise<{ stdout: string }>,
  command: string,
): Promise<string[]> {
  // A file for each process: in one for all, lines are torn.
  const script = `logs=$(mktemp -d)
    strace -ff -qq -e trace=execve -o $logs/log ${command} >/dev/null 2>&1
    cat $logs/log.*; rm -r $logs`;
  const names = [...(await shell(script)).stdout.matchAll(/execve\("[^"]*?([^/"]+)".* = 0$/gm)].map(
    ([, name = '']) => name,
  );
  return names.filter((name) => name !== 'qjs').sort();
}
