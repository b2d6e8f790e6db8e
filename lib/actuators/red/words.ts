import type { Dial, Values } from '../../uplink.js';
import { ETHERNET, FORMER, HOOKS, KEPT_PPP, NETWORK, PPP, ROLE } from './places.js';
import type { Step } from './step.js';

/** A step as one line of a plan. */
export function stepWords(step: Step): string {
  switch (step.do) {
    case 'remember':
      return `~ RED: remember that ${step.why}`;
    case 'keep':
      return `~ RED: keep the primary's former settings in ${FORMER}`;
    case 'hang up':
      return "~ RED: end IPFire's dialler";
    case 'stop':
      return '~ RED: stop';
    case 'write':
      return `~ RED: write ${step.line} into ${ETHERNET}`;
    case 'dial':
      return `~ RED: write ${step.line} into ${PPP}`;
    case 'start':
      return '~ RED: start';
    case 'claim':
      return `~ RED: it is ${step.place.device} now, via ${step.place.gateway}`;
    case 'hooks':
      return `~ RED: have IPFire follow, by ${HOOKS}`;
    case 'release':
      return `~ RED: end ${step.ours ? 'our' : "IPFire's"} DHCP client of ${step.device}`;
    case 'ip':
      return `~ RED: ${step.why}`;
  }
}

/** The program of a step, and its arguments; what is done in files is said as a line that nobody can paste. */
export function stepCommand(step: Step): string[] {
  switch (step.do) {
    case 'remember':
      return step.role ? ['#', 'write', ROLE] : ['rm', '-f', ROLE];
    case 'keep':
      return ['#', 'write', FORMER, ...assignments(step.block)];
    case 'hang up':
      return ['killall', 'connectd'];
    case 'stop':
      return [NETWORK, 'stop', 'red'];
    case 'write':
      return ['#', 'write', ETHERNET, ...assignments(step.block)];
    case 'dial':
      return dialCommand(step.dial);
    case 'start':
      return ['setsid', NETWORK, 'start', 'red'];
    case 'claim':
      return ['ip', 'route', 'replace', 'default', 'via', step.place.gateway, 'dev', step.place.device];
    case 'hooks':
      return ['#', 'run', `${HOOKS}/*`];
    case 'release':
      return ['pkill', '-KILL', '-x', '-F', `/var/run/dhcpcd/${step.device}${step.ours ? '-4' : ''}.pid`, 'dhcpcd'];
    case 'ip':
      return ['ip', ...step.args];
  }
}

function dialCommand(dial: Dial): string[] {
  if ('link' in dial) return ['ln', '-f', `${PPP}-${dial.link}`, PPP];
  if ('copy' in dial) return ['#', 'write', PPP, 'as', `${PPP}-${dial.copy}`, 'BACKUPPROFILE='];
  return 'kept' in dial ? ['mv', KEPT_PPP, PPP] : ['#', 'write', PPP, ...assignments(dial.values)];
}

function assignments(block: Values): string[] {
  return Object.entries(block).map(([key, value]) => `${key}=${/\s/.test(value) ? `'${value}'` : value}`);
}
