import fc from 'fast-check';
import tap from 'tap';
import { EXIT, Trouble } from '../../lib/explain.js';
import type { Json } from '../../lib/json.js';
import type { Now, Probe } from '../../lib/model.js';
import * as answers from '../../lib/replay/answers.js';
import { makeWan } from '../make.js';

const wan = makeWan({ targets: ['1.1.1.1', '8.8.8.8'] });
const now: Now = { wall: 1000.5, uptime: 12.25, bootId: 'boot' };
const probe: Probe = {
  answered: true,
  failures: 0,
  targets: [
    { target: '1.1.1.1', outcome: 'answered', rtt: 12.5 },
    { target: '8.8.8.8', outcome: 'open' },
  ],
  sent: 2,
  lost: 0,
};
const lost: Probe = {
  ...probe,
  answered: false,
  targets: [
    { target: '1.1.1.1', outcome: 'lost' },
    { target: '8.8.8.8', outcome: 'unasked' },
  ],
  broken: 'too many processes',
  unstarted: true,
};

/** Each reader, with what the world says, as the recorder writes it. */
const READERS: [name: string, read: (answer: Json) => unknown, whole: Json[]][] = [
  ['now', answers.asNow, [now, { ...now, wall: 0, uptime: 0 }]],
  ['probe', (answer) => answers.asProbe(answer, wan), [probe, lost]],
  [
    'finished',
    answers.asFinished,
    [
      { stdout: 'out', stderr: '', exitCode: 0 },
      { stdout: '', stderr: 'err', failure: 'no end after 5 s' },
    ],
  ],
  ['attempt', answers.asAttempt, [{}, { command: 'sysctl' }, { problem: 'read-only' }]],
];

tap.test('what the world said is understood as it was said', async (t) => {
  for (const [name, read, whole] of READERS) {
    for (const answer of whole) t.strictSame(read(JSON.parse(JSON.stringify(answer))), answer, name);
  }
});

tap.test('what lacks a part of it, or has another in its place, is no answer', async (t) => {
  const CASES: [name: string, read: (answer: Json) => unknown, spoiled: Json[]][] = [
    [
      'now',
      answers.asNow,
      [
        { ...now, wall: '1' },
        { ...now, uptime: -1 },
        { ...now, bootId: 7 },
        { wall: 1, uptime: 1 },
      ],
    ],
    [
      'probe',
      (answer) => answers.asProbe(answer, wan),
      [
        { ...probe, answered: 1 },
        { ...probe, failures: '0' },
        { ...probe, sent: null },
        { ...probe, lost: undefined },
        { ...probe, targets: undefined },
        { ...probe, targets: probe.targets.slice(0, 1) },
        { ...probe, targets: [...probe.targets].reverse() },
        { ...probe, targets: [probe.targets[0], { target: '8.8.8.8', outcome: 'asked' }] },
        { ...probe, targets: [probe.targets[0], { target: '8.8.8.8', outcome: 'answered', rtt: 'soon' }] },
      ],
    ],
    [
      'finished',
      answers.asFinished,
      [{ stdout: '' }, { stdout: '', stderr: '' }, { stdout: 1, stderr: '', exitCode: 0 }],
    ],
    ['attempt', answers.asAttempt, [[], 'done']],
    ['words', answers.asWords, [7, {}, undefined]],
    ['unsaved', answers.asUnsaved, [{}, { text: 'x' }, { text: 'x', lost: 1 }, { text: 1, lost: true }]],
  ];
  for (const [name, read, spoiled] of CASES) {
    for (const answer of [...spoiled, 'nonsense', 7, [7]].filter((one) => !(name === 'words' && one === 'nonsense')))
      t.equal(read(answer), undefined, `${name}: ${JSON.stringify(answer)}`);
  }
});

tap.test('what may be nothing is told from what is none', async (t) => {
  t.strictSame(answers.asWords(null), { words: undefined });
  t.strictSame(answers.asWords('/bin/ip'), { words: '/bin/ip' });
  t.strictSame(answers.asUnsaved(null), { unsaved: undefined });
  t.strictSame(answers.asUnsaved({ text: 'full', lost: true }), { unsaved: { text: 'full', lost: true } });
});

tap.test('the configuration, whose text is in a file of its own', async (t) => {
  const exposed = { path: '/etc', reason: 'others may write it' };
  for (const rest of [{ merged: false }, { merged: true, problem: 'p', fault: 'f', exposed }])
    t.strictSame(answers.asSource(rest, 'text'), { text: 'text', ...rest });
  t.equal(answers.asSource({ merged: false }, undefined), undefined, 'a text that is not there');
  t.equal(answers.asSource({}, 'text'), undefined);
  t.strictSame(answers.asSource({ merged: false, exposed: { path: '/etc' } }, 'text'), { text: 'text', merged: false });
});

tap.test('and what was said where it could not be read', async (t) => {
  const trouble = { exitCode: EXIT.config, message: 'there is none', remedy: ['write one'] };
  t.match(answers.asTrouble({ trouble }), { constructor: Trouble, ...trouble });
  for (const spoiled of [{}, { exitCode: 77 }, { message: 7 }, { remedy: 'x' }, { remedy: [7] }]) {
    const answer = Object.keys(spoiled).length === 0 ? trouble : { trouble: { ...trouble, ...spoiled } };
    t.equal(answers.asTrouble(answer), undefined, JSON.stringify(spoiled));
  }
});

tap.test('nothing that anybody can write in a recording makes a reader throw', async (t) => {
  const { asNow, asFinished, asWords, asAttempt, asUnsaved, asTrouble } = answers;
  const readers = [asNow, asFinished, asWords, asAttempt, asUnsaved, asTrouble];
  const property = fc.property(fc.jsonValue(), (answer) => {
    for (const read of readers) read(answer);
    answers.asProbe(answer, wan);
    answers.asSource(answer, 'text');
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }));
});
