import assert from 'node:assert/strict';
import { steerRouteros } from '../../lib/run/routeros.js';
import { loadRouteros } from '../../lib/run/routeros-store.js';
import { formatState } from '../../lib/state/format.js';
import { formatShape, type ShapedLine } from '../../lib/state/shape.js';
import { formatSteered } from '../../lib/state/steering.js';
import { InProcess, KEY, SECRET } from '../routeros/in-process.js';
import { Standin } from '../routeros/standin.js';
import { configText, Router, STATE_FILE } from './router.js';

export const FILE = `${STATE_FILE}.routeros`;
export const SECTION = `
config shaper 'line'
	option interface 'wan1'
	option ifb '1'

config routeros 'edge'
	option host '10.0.0.1'
	option secret '${SECRET}'
	option ssh_key '${KEY}'
	list route 'wan1 WAN1 default'
	list route 'wan2 WAN2 default'
	option shaper 'line'
	option download_queue 'cake-down'
	option upload_queue 'cake-up'
`;

/** A router with a RouterOS machine beside it. */
export class Site extends Router {
  readonly standin = new Standin();
  readonly between = new InProcess(this.machine, this.standin);

  constructor(text = configText() + SECTION) {
    super(text);
    this.machine.put('/usr/sbin/mini-mwan', '');
    this.machine.programs.logger = (_, { input = '' }) => {
      this.logged.push(input.trim());
      return {};
    };
    // Time goes by when somebody waits.
    this.machine.engine.after = (ms, work) => {
      this.machine.pass(ms / 1000);
      queueMicrotask(work);
      return () => {};
    };
  }

  readonly logged: string[] = [];

  async steer(seconds = 0) {
    return steerRouteros(this.context(), { seconds });
  }

  memory() {
    return loadRouteros(this.machine.engine, STATE_FILE, this.machine.bootId).machines[0];
  }

  /** The control of rates leaves this. */
  shaped(rate: number) {
    const decision = { rate, colour: 'GREEN' as const, reason: '', load: 0.5, achieved: rate, delay: 1 };
    const line: ShapedLine = {
      name: 'line',
      wan: 'wan1',
      at: 1,
      quiet: true,
      problems: [],
      decisions: { up: decision, down: decision },
    };
    this.machine.put(`${STATE_FILE}.shape`, formatShape({ bootId: this.machine.bootId, lines: [line] }));
  }

  /** A round leaves this. */
  steered(on: boolean, dryRun: boolean, since: number) {
    const lines = { name: 'voice', primary: 'wan1', alternate: 'wan2' };
    const line = formatSteered({ ...lines, on, dryRun, since, score: 0, toggles: [], reason: '' });
    const state = this.state();
    assert(state);
    this.machine.put(STATE_FILE, formatState({ ...state, steering: [line] }));
  }

  /** How often it was started behind rounds. */
  get started(): number {
    return this.machine.detached.filter(({ words }) => words.includes('routeros')).length;
  }
}
