import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from './lab.js';

/** Notes by which device the LAN client's packets leave; `nowhere` if there is no way. */
const SAMPLE =
  "ip route get 1.1.1.1 from 192.168.1.2 iif eth0 2>&1 | grep -o ' dev [^ ]*' >>exits || echo nowhere >>exits";

/**
 * One step. What is to happen at it happens before anything goes on; the routes of others are noted before and after it: what
 * they were after the one must be what they are before the next, or the round has touched them.
 */
const STEP = (folder: string) => `#!/bin/sh
exec 8>>${folder}/lock; flock 8
cd ${folder}
read -r n <count; n=$((n + 1)); echo $n >count
${SAMPLE}
[ "$1" = end ] || [ -e at.$n ] || exit 0
others() { ip -o -4 route show table all | grep -v 'proto 77' | sed 's/ linkdown//g; s/ dead//g; s/ *$//' | sort; }
run() { grep -v '^ip route get' $1 >>history; sh -x $1 </dev/null >>output 2>&1 || echo "$1: $(tail -n 3 output)" >>trouble; rm $1; }
others >before
[ ! -e after ] || diff after before >>trouble
if [ "$1" = end ]; then for step in $(ls | sed -n 's/^at[.]//p' | sort -n); do run at.$step; done; else run at.$n; fi
others >after
`;

/** Makes things happen during the steps of rounds: before and after each program that a round starts. */
export class Steps {
  private readonly folder: string;

  private constructor(private readonly lab: Lab) {
    this.folder = join(lab.folder, 'steps');
  }

  /** @param programs those whose beginnings and ends are steps; `ubus` becomes a netifd that answers as it is told */
  static async create(lab: Lab, programs = ['ip', 'ping', 'ubus']): Promise<Steps> {
    const steps = new Steps(lab);
    const { folder } = steps;
    await mkdir(folder);
    await writeFile(join(folder, 'step'), STEP(folder), { mode: 0o755 });
    await writeFile(join(folder, 'count'), '0\n');
    for (const program of programs) {
      const real = program === 'ubus' ? `cat ${folder}/netifd` : `${program} "$@"`;
      // A ping that is not needed any more is killed with its group; what happens at this step must not be.
      const step = `setsid -w ${folder}/step </dev/null >/dev/null 2>&1`;
      await lab.replace(program, `PATH=/usr/sbin:/usr/bin:/sbin:/bin\n${step}\n${real}\ncode=$?\n${step}\nexit $code`);
    }
    return steps;
  }

  /** A shell line that gives netifd another answer. */
  netifd(answer: object): string {
    return `echo '${JSON.stringify(answer)}' >${this.folder}/netifd`;
  }

  /** From now on, the lines of a shell script happen at steps: by number from 1, the same or later for each next line. */
  async plan(lines: { line: string; step: number }[]): Promise<void> {
    await writeFile(join(this.folder, 'count'), '0\n');
    for (const step of new Set(lines.map((entry) => entry.step))) {
      const now = lines.filter((entry) => entry.step === step).map(({ line }) => `${line}\n${SAMPLE}\n`);
      await writeFile(join(this.folder, `at.${step}`), `set -e\n# step ${step}\n${now.join('')}`);
    }
  }

  /** What no round has come to happens now. Returns what went wrong, and all that has happened. */
  async end(): Promise<{ trouble: string; history: string }> {
    await this.lab.router.run(join(this.folder, 'step'), ['end']);
    const take = async (name: string) => {
      const text = await readFile(join(this.folder, name), 'utf8').catch(() => '');
      await rm(join(this.folder, name), { force: true });
      return text;
    };
    return { trouble: await take('trouble'), history: await take('history') };
  }

  /** The devices by which the LAN client's packets have left since the beginning, as they changed. */
  async exits(): Promise<string[]> {
    const exits = (await readFile(join(this.folder, 'exits'), 'utf8')).split('\n').filter(Boolean);
    return exits.filter((exit, i) => exit !== exits[i - 1]);
  }
}
