/** What a query of Prometheus names. */
export interface Query {
  selectors: { metric: string; matchers: { label: string; is: string; value: string }[] }[];
  /** By which it groups, or joins. */
  labels: string[];
  /** Of Grafana, without their dollar. */
  variables: string[];
}

const KEYWORDS = ['and', 'or', 'unless', 'bool', 'offset'];
/** A string, a bracket of labels, a range, a variable, a number with its unit, a name, or any other sign. */
const TOKEN = /"(?:[^"\\]|\\.)*"|\{(?:[^}"]|"(?:[^"\\]|\\.)*")*\}|\[[^\]]*\]|\$\w+|\d[\w.]*|[a-zA-Z_:][\w:]*|\S/g;
const MATCHER = /(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g;

/** Reads as much of the language as to tell names of metrics from the rest. */
export function readQuery(query: string): Query {
  // The last word of it is a label, and nothing is summed up.
  const [, inner, label] = /^label_values\((.*), *(\w+)\)$/s.exec(query) ?? [];
  const tokens: string[] = (inner ?? query).match(TOKEN) ?? [];
  const found: Query = { selectors: [], labels: label === undefined ? [] : [label], variables: [] };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as string;
    const next = tokens[at + 1];
    if (/^(by|without|on|ignoring|group_left|group_right)$/.test(token) && next === '(') {
      const end = tokens.indexOf(')', at);
      const names = tokens.slice(at + 2, end).filter((word) => word !== ',');
      if (token === 'by' || token === 'on') found.labels.push(...names);
      at = end;
    } else if (/^[a-zA-Z_:]/.test(token) && !/^(\(|by|without)$/.test(next ?? '') && !KEYWORDS.includes(token)) {
      const matchers = next?.startsWith('{') ? [...next.matchAll(MATCHER)] : [];
      found.selectors.push({
        metric: token,
        matchers: matchers.map(([, name = '', is = '', value = '']) => ({ label: name, is, value })),
      });
    }
  }
  found.variables = [...query.matchAll(/\$(\w+)/g)].map(([, name = '']) => name);
  return found;
}
