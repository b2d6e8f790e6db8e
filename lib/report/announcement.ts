import type { Restart, Transition, Word } from '../model.js';
import type { PluginWork } from './plugin-work.js';
import { safe } from './words.js';

/** A transition as scripts are told of it, by variables of their environment. */
export interface Announcement {
  /** The variables of netifd's and mwan3's hotplug events: ACTION, INTERFACE and, where there is one, DEVICE. */
  event: Record<string, string>;
  /** The same, and ours: WAN, OLD_STATUS, NEW_STATUS, REASON. */
  full: Record<string, string>;
  /** It began or ceased to carry traffic: then other programs are to know. */
  crossing: boolean;
}

/** DEVICE is left out where the WAN has none, as in netifd's ifdown. */
export function announce({ name, device, interface: owner, from, to, reason }: Transition): Announcement {
  const event = {
    ACTION: actionOf(from, to),
    INTERFACE: owner ?? name,
    ...(device === undefined ? {} : { DEVICE: device }),
  };
  return {
    event,
    full: { ...event, WAN: name, OLD_STATUS: from, NEW_STATUS: to, REASON: safe(reason, 400) },
    // What has never been up does not cease to be.
    crossing: carries(from) !== carries(to),
  };
}

/** Netifd's and mwan3's words; and ours, for who carries traffic before and after. */
function actionOf(from: Word, to: Word): string {
  if (!carries(to)) return 'disconnected';
  if (!carries(from)) return 'connected';
  return to === 'degraded' ? 'degraded' : 'recovered';
}

function carries(word: Word): boolean {
  return word === 'up' || word === 'degraded';
}

/** What a round hands over to the process that runs the hooks behind its back. */
export interface Announcements {
  /** OpenWrt's program that calls all scripts of /etc/hotplug.d. */
  hotplug?: string;
  /** The user's own program. */
  notify?: string;
  list: Announcement[];
  /** A line that is started again. */
  restart?: Restart;
  plugins?: PluginWork;
}
