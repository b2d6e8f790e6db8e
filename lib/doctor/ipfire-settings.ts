import { cardsOf } from '../config/ipfire/lans.js';
import type { Values } from '../uplink.js';
import type { Finding } from './ipfire.js';

/** IPFire's own failover between dial profiles knows nothing of ours. @param ppp ppp/settings while the primary has them */
export function examineDialling(ethernet: Values, ppp: Values): Finding[] {
  if (ethernet.RED_TYPE !== 'PPPOE') return [];
  const { BACKUPPROFILE: other = '', PROFILE: own = '' } = ppp;
  const what = 'IPFire goes to no other dial profile by itself';
  if (other === '' || other === own) return [{ what }];
  return [
    {
      what,
      wrong: `dial profile ${own || 'in use'} has ${other} for its backup`,
      means: 'when dialling fails, IPFire dials that one for good, beside what mini-mwan does',
      remedy: "on the page for dialling, choose the profile itself as its backup; have mini-mwan's go by DIAL_PROFILE",
    },
  ];
}

/**
 * A card is named at boot by the MAC address that ethernet/settings has for it. While another line has RED, RED's own entry is
 * that line's: then only the further entries name the card of the primary.
 *
 * @param devices of all lines
 */
export function examineNames(ethernet: Values, devices: string[]): Finding[] {
  const named = cardsOf(ethernet);
  // With one card there is nothing to mix up.
  const cards = [...new Set(devices)];
  const missing = cards.length < 2 ? [] : cards.filter((device) => !named.has(device));
  const what = 'each card has a name that stays, whoever has RED';
  if (missing.length === 0) return [{ what }];
  return [
    {
      what,
      wrong: `${missing.join(', ')}: no INTFn_DEV and INTFn_MACADDR in ethernet/settings`,
      means: 'after a reboot while another line has RED, the cards may have the names of each other',
      remedy: 'add the two keys for each card of a line, with n from 0 to 3',
    },
  ];
}
