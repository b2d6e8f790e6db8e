import { readBundle, readIpfire, writeBundle } from '../config/ipfire/settings.js';
import type { Ground } from '../system/ipfire/ground.js';
import type { Configuration } from './platform.js';

/** IPFire's way: settings, a flag file and profiles, beside IPFire's own settings of RED; all of it as one text, without passwords. */
export function ipfireConfiguration(ground: Ground): Configuration {
  return {
    read: async () => ({ text: writeBundle(await ground.files()), merged: false }),
    parse: (_, text) => readIpfire(readBundle(text)),
  };
}
