import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROGRAM } from './lab.js';
import { scenario } from './scenario.js';

scenario('a round does without the packages for people, and without threads', [{}, {}], async (t, lab) => {
  await lab.configureAll();
  const text = await readFile(PROGRAM, 'utf8');
  const bare = join(lab.folder, 'bare.cjs');
  await writeFile(bare, text.slice(0, text.lastIndexOf('\n//') + 3));
  const options = `--config ${lab.config} --state ${lab.state}`;
  const run = (words: string) => lab.system(`${process.execPath} ${bare} ${words}`);
  for (const words of [`check ${options}`, `status ${options}`, '--version']) {
    t.match(await run(words), { exitCode: 0, stderr: '' }, words);
  }
  t.not((await run('--help')).exitCode, 0, 'whoever asks for help needs them');

  // Threads that libuv starts for whatever is asked of it asynchronously; Node itself has as many every time.
  const empty = join(lab.folder, 'empty.cjs');
  await writeFile(empty, '');
  const threads = async (words: string) => {
    const { stderr } = await lab.system(`strace -f -qq -e trace=clone3 ${process.execPath} ${words}`, {
      env: { NODE_OPTIONS: '' },
    });
    return stderr.split('CLONE_THREAD').length - 1;
  };
  const usual = await threads(empty);
  t.ok(usual > 0, `${usual} threads`);
  t.equal(await threads(`${PROGRAM} check ${options}`), usual);
});
