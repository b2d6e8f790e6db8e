import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Stands in for IPFire's readhash and the `eval $(…)` around it: which lines pass, and that all of them become one. */
const SHELL = `
LC_ALL=C
plain='=[A-Za-z0-9=/,.:%_@#+-]*$'
quoted="='[A-Za-z0-9=/,.:%_@#+ -]*'\\$"
readhash() {
  while IFS= read -r line || [ -n "$line" ]; do [[ $line =~ $plain ]] && printf '%s\\n' "$line"; done < "$1"
  while IFS= read -r line || [ -n "$line" ]; do [[ $line =~ $quoted ]] && printf '%s\\n' "$line"; done < "$1"
}
for file in "$1"/*; do
  (
    eval $(readhash "$file") 2> /dev/null
    for key in "\${!RED_@}" "\${!GREEN_@}"; do printf '%s=%s\\0' "$key" "\${!key}"; done
  )
  printf '\\n\\0'
done`;

/** Stands in for General::readhash. */
const PERL = `
for my $file (sort glob "$ARGV[0]/*") {
  my %hash;
  open(my $in, '<', $file) or die;
  while (my $line = <$in>) {
    chomp $line;
    next if $line =~ /^#/;
    my ($key, $value) = split /=/, $line, 2;
    next unless defined $value;
    $value =~ s/^'//;
    $value =~ s/'$//;
    $hash{$key} = $value;
  }
  print "$_=$hash{$_}\\0" for sort keys %hash;
  print "\\n\\0";
}`;

type Hash = Record<string, string>;

/** What IPFire's shell scripts make of each text: of their keys that begin with RED_ and GREEN_. */
export function byShell(texts: string[]): Hash[] {
  return run('bash', ['-c', SHELL, 'bash'], texts);
}

/** What its pages and helpers in Perl make of each. */
export function byPerl(texts: string[]): Hash[] {
  return run('perl', ['-e', PERL], texts);
}

/** What its programs in C make of a text; undefined if they refuse all of it. */
export function byC(text: string): Hash | undefined {
  const hash = new Map<string, string>();
  for (const line of text.split('\n').filter((row) => row !== '')) {
    const at = line.indexOf('=');
    const [key, value] = [line.slice(0, at), line.slice(at + 1)];
    if (at < 0 || line.length > 254) return undefined;
    if (value.startsWith("'") && !(value.length > 1 && value.endsWith("'"))) return undefined;
    hash.set(key, value.startsWith("'") ? value.slice(1, -1) : value);
  }
  return Object.fromEntries(hash);
}

function run(program: string, args: string[], texts: string[]): Hash[] {
  const folder = mkdtempSync(join(tmpdir(), 'values-'));
  try {
    for (const [i, text] of texts.entries()) writeFileSync(join(folder, `${10_000 + i}`), text);
    const output = execFileSync(program, [...args, folder], { encoding: 'utf8', maxBuffer: 1e8 });
    const hashes = output.split('\n\0').slice(0, -1);
    return hashes.map((hash) =>
      Object.fromEntries(
        hash
          .split('\0')
          .filter(Boolean)
          .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
