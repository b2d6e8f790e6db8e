import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from './lab.js';

/** Options of a section of the network configuration, and what else netifd says of it. */
export interface Section {
  /** Port, and the device above it that carries IP; without one, it is down. */
  device?: string;
  l3_device?: string;
  proto?: string;
  gateway?: string;
  metric?: number;
  ip4table?: number;
  ipaddr?: string;
  /** It has no section: another one's protocol made it. */
  dynamic?: boolean;
}

/** `uci`, for the sections of netifd and of mini-mwan: each option of the former is a file. */
const UCI = (config: string) => `cd "\${0%/*}/../network"
name=\${2%%=*} value=\${2#*=}
case $1.$name in
	commit.network) rm -r committed; cp -r staged committed ;;
	set.network.*) echo "$value" >"staged/\${name#network.}" ;;
	delete.network.*) rm "staged/\${name#network.}" ;;
	set.mini-mwan.* | delete.mini-mwan.*)
		awk -v verb=$1 -v which="\${name#*[}" -v option="\${name##*.}" -v value="$value" '
			/^config/ { here = /^config interface/ && i++ == which + 0 }
			!(here && $1 == "option" && $2 == option)
			here && /^config/ && verb == "set" { print "\\toption " option " \\047" value "\\047" }
		' ${config} >config && cat config >${config}
		;;
esac`;

/** netifd, as far as default routes and addresses go: a default is made, on whatever has the key, when something of it changes. */
const UBUS = `cd "\${0%/*}/../network"
get() { [ -f "committed/$1.$2" ] && cat "committed/$1.$2" || echo "$3"; }
entry() {
	table=$(get $1 ip4table)
	echo "default via $(get $1 gateway) dev $(get $1 l3_device) metric $(get $1 metric 0) proto static\${table:+ table $table}"
}
has_default() { [ -n "$(get $1 gateway)" ] && [ "$(get $1 defaultroute 1)" = 1 ]; }
# The value of an option as a member of JSON, if it is there: $3 is put around it.
member() { [ -z "$(get $1 $2)" ] || echo "\\"$2\\":$3$(get $1 $2)$3,"; }
case $2.$3 in
	network.reload)
		mkdir -p applied
		while read -r name; do
			has_default $name && new=$(entry $name) || new=
			old=$(cat applied/$name.route 2>/dev/null)
			if [ "$new" != "$old" ]; then
				[ -z "$old" ] || ip route del $old 2>/dev/null
				[ -z "$new" ] || ip route replace $new 2>/dev/null
				echo "$new" >applied/$name.route
			fi
			new=$(get $name ipaddr) old=$(cat applied/$name.ipaddr 2>/dev/null)
			if [ "$new" != "$old" ]; then
				[ -z "$old" ] || ip addr del $old dev $(get $name l3_device)
				ip addr replace $new dev $(get $name l3_device)
				echo "$new" >applied/$name.ipaddr
			fi
		done <order
		;;
	network.interface.dump)
		echo '{"interface":['
		comma=
		while read -r name; do
			echo "$comma{\\"interface\\":\\"$name\\","
			for option in device l3_device proto; do member $name $option '"'; done
			for option in metric ip4table dynamic; do member $name $option; done
			route='{"target":"0.0.0.0","mask":0,"nexthop":"'$(get $name gateway)'"}'
			has_default $name || route=
			echo "\\"route\\":[$route]}"
			comma=,
		done <order
		echo ']}'
		;;
esac`;

/** Stand-ins for uci and for netifd behind ubus, which does what its configuration says. */
export async function standIn(lab: Lab, sections: Record<string, Section>): Promise<void> {
  const folder = join(lab.folder, 'network');
  await mkdir(join(folder, 'staged'), { recursive: true });
  await mkdir(join(folder, 'committed'), { recursive: true });
  await writeFile(join(folder, 'order'), `${Object.keys(sections).join('\n')}\n`);
  for (const [name, options] of Object.entries(sections)) {
    for (const [option, value] of Object.entries(options)) {
      await writeFile(join(folder, 'staged', `${name}.${option}`), `${value}\n`);
    }
  }
  await lab.replace('uci', UCI(lab.config));
  await lab.replace('ubus', UBUS);
  await paste(lab, 'uci commit network; ubus call network reload');
}

/** Runs a line at the router's prompt. */
export async function paste(lab: Lab, line: string): Promise<void> {
  const { stdout, stderr } = await lab.router.run('sh', ['-c', `PATH=${lab.path}; set -e; ${line}`]);
  if (stdout + stderr !== '') throw new Error(`${line}: ${stdout}${stderr}`);
}

/** The lines to paste among what a command has printed. */
export function linesToPaste(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('uci '));
}
