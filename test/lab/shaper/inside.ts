import { writeFileSync } from 'node:fs';
import {
  addLine,
  build,
  cake,
  changesDuring,
  configure,
  mwan,
  noStandIn,
  queues,
  remembers,
  sh,
  standIn,
  throughput,
} from './machine.js';

// Runs in a kernel that has CAKE, does things to a router, and writes down what came of them: the test that started it judges that.

const SHAPER = `config shaper line
option interface wan1
option ifb 1
option upload_min 2000
option upload_base 8000
option upload_max 20000
option download_max 12000
`;
const WORDS = 'option overhead 18\noption mpu 64\noption ack_filter 1\n';
const OTHER = `config shaper other
option interface wan2
option ifb 1
option upload_max 5000
`;
/** What sqm-scripts make. */
const SQM = `
tc qdisc add dev eth2 root cake bandwidth 9mbit besteffort
tc qdisc add dev eth2 handle ffff: ingress; ip link add ifb4eth2 type ifb
tc qdisc add dev ifb4eth2 root cake bandwidth 4mbit; ip link set ifb4eth2 up
tc filter add dev eth2 parent ffff: protocol all prio 10 u32 match u32 0 0 flowid 1:1 action mirred egress redirect dev ifb4eth2`;

/** What is found. What each of it means, its test says. */
export type Found = Awaited<ReturnType<typeof observe>>;

async function observe() {
  build();
  const clean = queues();
  const both = () => ({ up: cake('eth1'), down: cake('mwan-eth1') });

  // Killed at its third change, by which a limit is there and nothing leads to the other one yet.
  configure(SHAPER + WORDS);
  standIn('tc', 'case "$*" in *batch*) ;; *) echo >>/run/n; [ $(grep -c "" /run/n) -lt 3 ] || kill -9 $PPID;; esac');
  const killed = { ...mwan('check'), queues: queues() };
  noStandIn('tc');
  const made = { ...mwan('check'), queues: queues(), cakes: both(), remembers: remembers() };
  const second = await changesDuring(() => mwan('check'));
  const carried = { up: throughput('up'), down: throughput('down') };

  // Control has moved one rate, somebody the other; and the section says other words.
  sh('tc qdisc change dev eth1 root cake bandwidth 9500kbit; tc qdisc change dev mwan-eth1 root cake unlimited');
  configure(`${SHAPER}option diffserv diffserv4\noption nat 0\n`);
  const changed = { ...(await changesDuring(() => mwan('check'))), cakes: both() };

  // The device goes away; and on the other line there is what sqm-scripts make.
  sh(`${SQM}\nip link del eth1`);
  const theirs = queues().filter((line) => !line.includes('mwan-eth1'));
  configure(SHAPER + OTHER);
  const recorded = { ...mwan('check', '--record', '/run/recorded'), replayed: mwan('replay', '/run/recorded') };
  const steered = { queues: queues(), up: cake('eth2'), down: cake('ifb4eth2') };
  addLine(1);
  configure('', 'option enabled 0');
  const restored = { ...mwan('restore'), queues: queues(), remembers: remembers() };
  return { clean, killed, made, second, carried, changed, theirs, recorded, steered, restored };
}

try {
  writeFileSync('/run/host/result', JSON.stringify(await observe()));
} catch (error) {
  writeFileSync('/run/host/result', JSON.stringify({ error: String((error as Error).stack) }));
}
// What still listens is no reason to stay.
process.exit(0);
