import tap from 'tap';
import { examineSteering } from '../../lib/doctor/steering.js';
import type { Steering } from '../../lib/model.js';
import { makeConfig, makeWan } from '../make.js';

const voice: Steering = {
  ...{ name: 'voice', primary: 'wan1', alternate: 'wan2', confidence: 55, sustain: 2, holdDown: 30, dryRun: true },
  match: { dscp: [46], ports: [], addresses: [] },
};
const wans = [makeWan(), makeWan({ name: 'wan2', device: 'eth2', metric: 20 })];
const say = (more: Partial<Steering>, hasNft: boolean, mode: 'failover' | 'multiuplink' = 'failover') =>
  examineSteering(makeConfig(wans, { mode, steering: [{ ...voice, ...more }] }), hasNft).map(({ text }) => text);

tap.test('what keeps flows from being steered', async (t) => {
  t.strictSame(say({}, true), []);
  t.match(say({}, false), [/^the program 'nft' is not there/]);
  t.strictSame(say({ dryRun: false }, false), [], 'the round says it');
  t.match(say({ primary: 'wan2', alternate: 'wan1' }, true), [
    /in mode failover 'wan1' carries the traffic: nothing leaves by 'wan2'/,
  ]);
  t.strictSame(say({ primary: 'wan2', alternate: 'wan1' }, true, 'multiuplink'), []);
});
