import { PROTOCOL } from '../actuators/tables/thing.js';
import type { Observation } from '../model.js';
import { parseTables, tablesQuestion } from '../observe/tables.js';
import { findClients } from '../system/dhcpcd.js';
import type { Tools } from '../system/exec.js';
import { observe } from './linux.js';

/** What `ip` shows, and with what lines are tested that stand by: our tables, and DHCP clients. */
export async function observeStandby({ engine, exec }: Tools): Promise<Observation> {
  const { seen, answers } = await observe(exec, [tablesQuestion(PROTOCOL)]);
  const tables = parseTables(answers[0], PROTOCOL);
  return { ...seen, ...(tables ? { tables } : {}), clients: findClients(engine) };
}
