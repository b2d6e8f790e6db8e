import tap from 'tap';
import { formatRole } from '../../../lib/actuators/red/role.js';
import { pppValues } from '../../../lib/config/ipfire/ppp.js';
import { dial } from '../../../lib/system/ipfire/dial.js';
import type { Dial } from '../../../lib/uplink.js';
import { Machine } from '../../machine.js';

const PPP = '/var/ipfire/ppp/settings';
const SECRETS = '/var/ipfire/ppp/secrets';
const STATE = '/var/ipfire/mwan/state';
const FOLDERS = ['/var/ipfire', '/var/ipfire/ppp', '/var/ipfire/mwan', '/var/ipfire/mwan/profiles', STATE];

const contract = (name: string) => `TYPE=pppoe\nUSERNAME=${name}\nPASSWORD=of-${name}\nBACKUPPROFILE=1\n`;
const secrets = (name: string) => `'${name}' * 'of-${name}'\n`;
const byProfile = (profile: string): Dial => ({
  profile,
  values: pppValues('PPPOE', profile, { USERNAME: profile }),
});
const BY_HAND = "'vpn' * 'by hand'\n";

/** What the primary dials by: `link`, dial profile 1; `file`, a ppp/settings of its own; `none`. */
type Primary = 'link' | 'file' | 'none';

/** An IPFire on which nothing is done any more after some calls, as if we were killed there. */
class Router {
  readonly machine = new Machine();
  calls = Number.POSITIVE_INFINITY;
  private readonly primary: Primary;

  constructor(primary: Primary, secretsText: string | undefined) {
    const { machine } = this;
    this.primary = primary;
    for (const path of FOLDERS) machine.put(path, '', { kind: 'folder' });
    machine.put(`${PPP}-1`, contract('home'));
    machine.put(`${PPP}-3`, contract('third'));
    if (primary === 'link') this.link(`${PPP}-1`, PPP);
    if (primary === 'file') machine.put(PPP, contract('own'));
    if (secretsText !== undefined) machine.put(SECRETS, secretsText, { mode: 0o600 });
    for (const name of ['a', 'b']) machine.put(`/var/ipfire/mwan/profiles/${name}`, contract(name), { mode: 0o600 });
    const isDead = () => --this.calls < 0;
    machine.refuse = (operation) => (['rename', 'remove'].includes(operation) && isDead() ? 'EIO' : undefined);
    const programs: Record<string, (args: string[]) => void> = {
      chown: () => {},
      sync: () => {},
      cp: ([, from = '', to = '']) => machine.put(to, machine.text(from) ?? '', { mode: machine.mode(from) ?? 0 }),
      ln: ([, from = '', to = '']) => this.link(from, to),
    };
    for (const [name, work] of Object.entries(programs)) {
      machine.programs[name] = (args) => {
        if (isDead()) return { exitCode: 1, stderr: 'killed' };
        work(args);
        return {};
      };
    }
  }

  private link(from: string, to: string): void {
    const { machine } = this;
    machine.put(to, machine.text(from) ?? '', { id: Number(machine.engine.files.stat(from)?.identity) });
  }

  /** Dials like this, and again until it is done. */
  async dial(how: Dial): Promise<void> {
    const { machine, primary } = this;
    const line = { block: {}, ...(primary === 'link' ? { dial: 1 } : {}) };
    machine.put(`${STATE}/red`, formatRole({ holder: 'x', primary: line, ours: [], dialled: 'x' }), { mode: 0o600 });
    await dial(machine, how).catch(async () => {
      this.calls = Number.POSITIVE_INFINITY;
      await dial(machine, how);
    });
  }

  async dialBack(): Promise<void> {
    await this.dial(this.primary === 'link' ? { link: 1 } : { kept: true });
  }

  get now() {
    const { machine } = this;
    const identity = (path: string) => machine.engine.files.stat(path)?.identity;
    return {
      ppp: machine.text(PPP),
      secrets: machine.text(SECRETS),
      linked: identity(PPP) === identity(`${PPP}-1`),
      mode: machine.mode(SECRETS),
    };
  }
}

/** More than one of these takes. */
const MOST_CALLS = 20;

tap.test('lines of ours are dialled, killed anywhere; then the primary as it was', async (t) => {
  const CASES: [what: string, primary: Primary, secrets: string | undefined, back?: string][] = [
    ['a dial profile', 'link', secrets('home')],
    ['and more secrets', 'link', `${BY_HAND}${secrets('home')}`],
    ['whose last line has no end', 'link', `${BY_HAND}${secrets('home').trim()}`],
    ['secrets that are not those of the dial profile', 'link', BY_HAND, secrets('home')],
    ['a dial profile without secrets', 'link', undefined, secrets('home')],
    ['settings that are no link', 'file', `${secrets('own')}${BY_HAND}`],
    ['without secrets', 'file', undefined, ''],
    ['nothing', 'none', undefined, ''],
  ];
  for (const [what, primary, text, back = text] of CASES) {
    for (const killed of ['first', 'second', 'back'] as const) {
      for (let calls = 0; calls < MOST_CALLS; calls++) {
        const router = new Router(primary, text);
        const { ppp = '' } = router.now;
        const dies = (when: typeof killed) => {
          router.calls = when === killed ? calls : Number.POSITIVE_INFINITY;
        };
        const name = `${what}: killed ${killed}, after ${calls}`;
        dies('first');
        await router.dial(byProfile('a'));
        const first = router.now;
        dies('second');
        await router.dial({ copy: 3 });
        const seen = { first, second: router.now, opened: router.machine.opened };
        t.match(
          seen,
          {
            // The password is where pppd looks for it, only.
            first: { secrets: secrets('a'), ppp: /^PROFILENAME=a\n((?!of-a)[\s\S])*$/m, linked: false, mode: 0o600 },
            second: { secrets: secrets('third'), ppp: /^USERNAME=third\n[\s\S]*^BACKUPPROFILE=$/m, linked: false },
            opened: 0,
          },
          name,
        );
        dies('back');
        await router.dialBack();
        const left = router.machine.engine.files.list(STATE).filter((entry) => entry !== 'red');
        t.strictSame(
          { ...router.now, left, third: router.machine.text(`${PPP}-3`) },
          { ppp, secrets: back, linked: primary === 'link', mode: 0o600, left: [], third: contract('third') },
          name,
        );
      }
    }
  }
});

tap.test('the dial profile was changed meanwhile: its secrets are made of it', async (t) => {
  const router = new Router('link', `${secrets('home')}${BY_HAND}`);
  await router.dial(byProfile('a'));
  router.machine.put(`${PPP}-1`, contract('new'));
  await router.dialBack();
  t.match(router.now, { ppp: contract('new'), secrets: secrets('new'), linked: true });
});

tap.test('another one was chosen meanwhile: it is not overwritten', async (t) => {
  const router = new Router('link', secrets('home'));
  await router.dial({ link: 3 });
  const { ppp } = router.now;
  await t.rejects(router.dial(byProfile('a')), { message: 'another dial profile was chosen meanwhile' });
  t.equal(router.now.ppp, ppp);
});
