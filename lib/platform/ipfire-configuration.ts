import { readBundle, writeBundle } from '../config/ipfire/bundle.js';
import { readIpfire } from '../config/ipfire/settings.js';
import { EXIT, Trouble } from '../explain.js';
import type { Ground } from '../system/ipfire/ground.js';
import type { Configuration } from './platform.js';

/** IPFire's way: settings, a flag file and profiles, beside IPFire's own settings of RED; all of it as one text, without passwords. */
export function ipfireConfiguration(ground: Ground): Configuration {
  return {
    read: async () => ({ text: writeBundle(await ground.files()), merged: false }),
    parse: async (file, text) => {
      const files = readBundle(text);
      if (!files) throw new Trouble(EXIT.config, `${file}: what was kept of it is no configuration`);
      return readIpfire(files);
    },
  };
}
