// lib/engine/node/engine.ts
import { writeSync as writeSync2 } from "node:fs";
import { isatty } from "node:tty";

// lib/engine/node/files.ts
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeSync
} from "node:fs";

// lib/engine/engine.ts
var BEGINNING = 16e3;
var SystemError = class extends Error {
  /** @param code the system's name of the error, as ENOENT, or words where there is none */
  constructor(code) {
    super(code);
    this.code = code;
  }
  code;
};

// lib/engine/node/files.ts
var { O_APPEND, O_RDONLY, O_RDWR, O_WRONLY, O_CREAT, O_EXCL, O_NONBLOCK, O_NOFOLLOW } = constants;
function plainly(work) {
  try {
    return work();
  } catch (error) {
    throw new SystemError(error.code ?? String(error));
  }
}
function toStat(found) {
  const { mode, uid, gid, size, nlink, dev, ino } = found;
  const kind = found.isFile() ? "file" : found.isDirectory() ? "folder" : found.isSymbolicLink() ? "link" : "other";
  return { kind, mode: mode & 4095, uid, gid, size, links: nlink, identity: `${dev}:${ino}` };
}
function lookAt(look) {
  try {
    return toStat(plainly(look));
  } catch (error) {
    if (error.code === "ENOENT") return void 0;
    throw error;
  }
}
function open(path, flags, mode) {
  return plainly(() => openSync(path, flags, mode));
}
function writeAll(file, bytes) {
  plainly(() => {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, at);
  });
}
var files = {
  stat: (path) => lookAt(() => statSync(path)),
  lstat: (path) => lookAt(() => lstatSync(path)),
  statOpen: (file) => toStat(plainly(() => fstatSync(file))),
  // A pipe that has come in place of a file would keep us waiting.
  open: (path, follow) => open(path, O_RDONLY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW)),
  create: (path, mode) => open(path, O_WRONLY | O_CREAT | O_EXCL, mode),
  openLock: (path) => open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 384),
  openToWrite: (path) => open(path, O_WRONLY),
  openToAppend: (path, mode) => open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode),
  close: (file) => plainly(() => closeSync(file)),
  readText: (file) => plainly(() => readFileSync(file, "utf8")),
  readBytes: (file) => plainly(() => readFileSync(file, "latin1")),
  writeText: (file, text) => writeAll(file, Buffer.from(text)),
  writeBytes: (file, bytes) => writeAll(file, Buffer.from(bytes, "latin1")),
  setMode: (file, mode) => plainly(() => fchmodSync(file, mode)),
  rename: (from, to) => plainly(() => renameSync(from, to)),
  remove: (path) => plainly(() => lstatSync(path).isDirectory() ? rmdirSync(path) : unlinkSync(path)),
  makeFolder: (path, mode) => plainly(() => void mkdirSync(path, mode)),
  list: (path) => plainly(() => readdirSync(path)),
  realPath: (path) => plainly(() => realpathSync(path))
};

// lib/engine/node/programs.ts
import { closeSync as closeSync2, openSync as openSync2 } from "node:fs";
var FILES = 8;
var load = () => import("execa");
function start(order) {
  let pid;
  let killed = false;
  let stop = () => {
  };
  const stopped = new Promise((resolve) => {
    stop = resolve;
  });
  const kill = () => {
    killed = true;
    killGroup(pid);
    stop({ stdout: "", stderr: "" });
  };
  const hear = order.hear && ((piece) => killed || order.hear?.(piece));
  const ended = run({ ...order, ...hear ? { hear } : {} }, (child) => {
    pid = child;
    if (killed) killGroup(pid);
  });
  return { ended: Promise.race([ended, stopped]), kill };
}
async function run(order, begun) {
  const { execa } = await load();
  const { file, args, env, input: input2, inherit, output: output2, maxOutput, hear } = order;
  const heard = output2 === "none" ? "ignore" : "pipe";
  const lack = lackOfFiles();
  if (lack !== void 0) return { stdout: "", stderr: "", unstarted: lack };
  const child = execa(file, args, {
    env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    stripFinalNewline: false,
    all: output2 === "mixed",
    maxBuffer: maxOutput,
    buffer: hear ? { stdout: false, stderr: output2 !== "mixed", all: false } : true,
    // Of open files, its type knows the first ten only.
    stdin: input2 === void 0 ? inherit ?? "ignore" : "pipe",
    ...input2 === void 0 ? {} : { input: input2 },
    stdout: heard,
    stderr: heard
  });
  begun(child.pid);
  if (hear) (child.all ?? child.stdout)?.setEncoding("utf8").on("data", hear);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.once("close", () => stream.readableEnded || killGroup(child.pid));
  }
  const result = await child;
  if (child.pid === void 0) return { stdout: "", stderr: "", unstarted: result.code ?? "EAGAIN" };
  if (result.isMaxBuffer) return { stdout: "", stderr: "", excess: String(result.stdout ?? "").slice(0, BEGINNING) };
  const { stdout, stderr, all, exitCode, signal } = result;
  return {
    stdout: String((output2 === "mixed" ? all : stdout) ?? ""),
    stderr: String(stderr ?? ""),
    ...exitCode === void 0 ? {} : { exitCode },
    ...signal === void 0 ? {} : { signal }
  };
}
async function detach({ file, args, env, input: input2 = "" }) {
  const { execa } = await load();
  if (lackOfFiles() !== void 0) return false;
  const child = execa(file, args, {
    env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore"
  });
  child.unref();
  await new Promise((resolve) => {
    child.stdin.on("error", () => resolve());
    child.stdin.end(input2, () => resolve());
  });
  return child.pid !== void 0;
}
function lackOfFiles() {
  const files2 = [];
  try {
    while (files2.length < FILES) files2.push(openSync2("/dev/null", "r"));
    return void 0;
  } catch (error) {
    return error.code;
  } finally {
    files2.forEach(closeSync2);
  }
}
function killGroup(pid) {
  try {
    if (pid !== void 0) process.kill(-pid, "SIGKILL");
  } catch {
  }
}

// lib/engine/node/engine.ts
var PAUSE = 10;
function createEngine() {
  const { argv, env, execPath, pid, versions } = process;
  const program = programOf(argv[1] ?? "");
  const interrupted = [];
  const interrupt = () => {
    for (const told of interrupted) told();
  };
  return {
    kind: "node",
    name: `Node ${versions.node}`,
    args: argv.slice(2),
    env,
    self: [execPath, program],
    program,
    pid,
    uid: process.geteuid?.() ?? 0,
    out: output(1, interrupt),
    err: output(2, () => {
    }),
    files,
    input,
    line,
    folder: () => plainly(() => process.cwd()),
    // Not performance.now(), for which Node would load all of node:perf_hooks.
    ticks: () => process.uptime() * 1e3,
    after,
    onInterrupt: (told) => {
      interrupted.push(told);
      process.once("SIGINT", told);
    },
    start,
    detach,
    isAlive,
    exit: (code) => process.exit(code)
  };
}
function after(ms, work) {
  let immediate;
  const timer = setTimeout(() => {
    immediate = setImmediate(work);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}
function programOf(path) {
  try {
    return files.realPath(path);
  } catch {
    return path;
  }
}
function output(file, gone) {
  return {
    write: (text) => {
      try {
        writeAll2(file, Buffer.from(text));
      } catch {
        gone();
      }
    },
    get isTTY() {
      return isatty(file);
    }
  };
}
function writeAll2(file, bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync2(file, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  }
}
async function input(maxBytes) {
  let bytes = "";
  for await (const chunk of process.stdin.setEncoding("latin1")) {
    bytes += chunk;
    if (bytes.length > maxBytes) throw new Error("too much input");
  }
  return Buffer.from(bytes, "latin1").toString();
}
var lines;
async function line() {
  if (!lines) {
    const { createInterface } = await import("node:readline");
    lines = createInterface({ input: process.stdin, terminal: false })[Symbol.asyncIterator]();
  }
  const { value, done } = await lines.next();
  return done ? void 0 : value;
}
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

// lib/json.ts
var CONTROL = /[\u0000-\u001f]/g;
function parseJson(text) {
  try {
    return JSON.parse(text.replace(CONTROL, " "));
  } catch {
    return void 0;
  }
}
function asList(value) {
  return Array.isArray(value) ? value : void 0;
}

// lib/history/schema.ts
var VERSION = 1;
var STATES = ["up", "degraded", "unknown", "down", "no_gateway", "interface_down"];
var COLOURS = ["green", "yellow", "soft_red", "red"];
var WAYS = ["down", "up"];
var FINE = 100;
var LINES = {
  name: "lines",
  keys: ["wan"],
  columns: [
    ...STATES.map((state) => [state, "sum"]),
    ...["rtt", "jitter", "loss"].flatMap(
      (name) => [
        [`${name}_n`, "sum"],
        [`${name}_sum`, "sum"],
        [`${name}_min`, "min"],
        [`${name}_max`, "max"]
      ]
    ),
    ...["span", "rx", "tx"].map((name) => [name, "sum"])
  ]
};
var SHAPED = {
  name: "shaped",
  keys: ["wan", "way"],
  columns: [
    ...COLOURS.map((colour) => [colour, "sum"]),
    ...["rate", "delay", "load"].flatMap(
      (name) => [
        [`${name}_sum`, "sum"],
        [`${name}_min`, "min"],
        [`${name}_max`, "max"]
      ]
    )
  ]
};
var TABLES = [LINES, SHAPED];
var CREATE = [
  "CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;",
  "CREATE TABLE IF NOT EXISTS wans(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);",
  "CREATE TABLE IF NOT EXISTS events(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, wan TEXT, old TEXT, new TEXT, words TEXT NOT NULL, evidence TEXT);",
  "CREATE INDEX IF NOT EXISTS events_at ON events(at);",
  ...TABLES.map(({ name, keys, columns }) => {
    const keyed = ["tier", "at", ...keys];
    const fields = [
      ...keyed.map((key) => `${key} INTEGER NOT NULL`),
      ...columns.map(([column, fold]) => `${column} INTEGER${fold === "sum" ? " NOT NULL DEFAULT 0" : ""}`)
    ];
    return `CREATE TABLE IF NOT EXISTS ${name}(${fields.join(", ")}, PRIMARY KEY(${keyed.join(", ")})) WITHOUT ROWID;`;
  }),
  `PRAGMA user_version=${VERSION};`
].join("\n");
function foldInto({ name, keys, columns }, tier, at, from) {
  const all = ["tier", "at", ...keys, ...columns.map(([column]) => column)];
  const values = columns.map(([column, fold]) => `${fold}(${column})`);
  const meet = columns.map(([column, fold]) => `${column}=${joined(fold, column)}`);
  return [
    `INSERT INTO ${name}(${all.join(",")})`,
    `SELECT ${[tier, `${at} AS bucket`, ...keys, ...values].join(",")} FROM ${from}`,
    `GROUP BY ${["bucket", ...keys].join(",")}`,
    `ON CONFLICT(${["tier", "at", ...keys].join(",")}) DO UPDATE SET ${meet.join(",")};`
  ].join(" ");
}
function joined(fold, column) {
  if (fold === "sum") return `${column}+excluded.${column}`;
  return `${fold}(coalesce(${column},excluded.${column}),coalesce(excluded.${column},${column}))`;
}

// lib/history/sql.ts
var CONTROL2 = /[\u0000-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
var LONGEST = 1e3;
function quote(text, longest = LONGEST) {
  return `'${text.slice(0, longest).replace(CONTROL2, "?").replaceAll("'", "''")}'`;
}
function quoteOrNull(text, longest = LONGEST) {
  return text === void 0 ? "NULL" : quote(text, longest);
}
function whole(value) {
  return value === void 0 || !Number.isFinite(value) ? "NULL" : String(Math.round(value));
}

// lib/history/tiers.ts
var TIERS = [
  { name: "raw", seconds: 1, keep: 900 },
  { name: "1m", seconds: 60, keep: 86400 },
  { name: "5m", seconds: 300, keep: 604800 },
  { name: "1h", seconds: 3600 }
];
function movesAt(now2) {
  return TIERS.flatMap(({ seconds, keep }, i) => {
    const next = TIERS[i + 1];
    if (!next || keep === void 0) return [];
    return [{ from: seconds, to: next.seconds, before: floorTo(now2 - keep, next.seconds) }];
  });
}
function floorTo(value, step) {
  return Math.floor(value / step) * step;
}

// lib/history/records.ts
function parseAnswers(stdout) {
  const answers = asList(parseJson(`[${stdout.trim().replace(/\]\n\[/g, "],[")}]`));
  return answers?.flatMap((answer) => {
    const rows = asList(answer);
    return rows ? [rows] : [];
  });
}

// lib/history/write.ts
var STEP = 5;
var MOST_EVENTS = 2e4;
var AGAIN = 600;
var KNOWN_VERSION = `CREATE TEMP TABLE known(version CHECK(version IN (0,${VERSION}))); INSERT INTO known SELECT user_version FROM pragma_user_version;`;
function writeSql(samples, { batch, bootId, wall, uptime }) {
  const isNew = `NOT EXISTS(SELECT 1 FROM meta WHERE key='batch' AND value=${quote(batch)})`;
  const at = (sample) => Math.max(0, Math.round(sample.bootId === bootId ? wall - (uptime - sample.uptime) : sample.wall));
  const rows = (each, row) => samples.flatMap((sample) => each(sample).map((one) => `(${[at(sample), ...row(one)].join(",")})`));
  const names = new Set(samples.flatMap(({ lines: lines2, shaped }) => [...lines2, ...shaped].map(({ wan }) => wan)));
  return [
    KNOWN_VERSION,
    "PRAGMA temp_store=MEMORY; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=100;",
    "BEGIN IMMEDIATE;",
    CREATE,
    `SELECT 'check' AS kind, quick_check AS words FROM pragma_quick_check WHERE NOT EXISTS(SELECT 1 FROM meta WHERE key='checked' AND value=${quote(bootId)}) LIMIT 3;`,
    ...shiftSql(bootId, Math.round(wall - uptime)),
    ...[...names].map((name) => `INSERT OR IGNORE INTO wans(name) VALUES(${quote(name)});`),
    ...insertSql(
      LINES,
      rows(({ lines: lines2 }) => lines2, lineRow),
      isNew
    ),
    ...insertSql(
      SHAPED,
      rows(({ shaped }) => shaped, shapedRow),
      isNew
    ),
    ...samples.flatMap((sample) => sample.events.map((event) => eventSql(event, at(sample), isNew))),
    ...movesAt(wall).flatMap(
      ({ from, to, before }) => TABLES.flatMap((table) => [
        foldInto(table, String(to), `at/${to}*${to}`, `${table.name} WHERE tier=${from} AND at<${before}`),
        `DELETE FROM ${table.name} WHERE tier=${from} AND at<${before};`
      ])
    ),
    `DELETE FROM events WHERE id<=(SELECT max(id) FROM events)-${MOST_EVENTS};`,
    `REPLACE INTO meta VALUES('batch',${quote(batch)}),('boot',${quote(bootId)}),('checked',${quote(bootId)}),('offset',${whole(wall - uptime)});`,
    "COMMIT;",
    "SELECT 'pages' AS kind, page_count AS pages, freelist_count AS free, page_size AS size, (SELECT value FROM meta WHERE key='saved') AS saved",
    "FROM pragma_page_count, pragma_freelist_count, pragma_page_size;"
  ].join("\n");
}
function shiftSql(bootId, offset) {
  return [
    "CREATE TEMP TABLE moved(by INTEGER, since INTEGER);",
    `INSERT INTO moved SELECT ${offset}-value, value FROM meta WHERE key='offset' AND abs(${offset}-value)>${STEP}`,
    `AND EXISTS(SELECT 1 FROM meta WHERE key='boot' AND value=${quote(bootId)});`,
    ...TABLES.flatMap((table) => [
      `CREATE TEMP TABLE moved_${table.name} AS SELECT t.*, max(0,at+by) AS later FROM moved CROSS JOIN ${table.name} t WHERE tier=1 AND at>=since;`,
      `DELETE FROM ${table.name} WHERE tier=1 AND at>=(SELECT since FROM moved);`,
      foldInto(table, "1", "later", `moved_${table.name} WHERE true`)
    ]),
    "UPDATE events SET at=max(0,at+(SELECT by FROM moved)) WHERE at>=(SELECT since FROM moved);"
  ];
}
function insertSql(table, rows, isNew) {
  if (rows.length === 0) return [];
  const columns = ["at", ...table.keys, ...table.columns.map(([column]) => column)];
  return [
    `CREATE TEMP TABLE new_${table.name}(${columns.join(",")});`,
    `INSERT INTO new_${table.name} VALUES ${rows.join(",\n")};`,
    foldInto(table, "1", "at", `new_${table.name} WHERE ${isNew}`)
  ];
}
var idOf = (wan) => `(SELECT id FROM wans WHERE name=${quote(wan)})`;
var isOne = (words, word) => words.map((known) => String(Number(known === word)));
function lineRow({ wan, state, rtt, jitter, loss, carried }) {
  const measured = [rtt, jitter, loss].flatMap((value) => {
    const fine = value === void 0 ? void 0 : value * FINE;
    return [fine === void 0 ? "0" : "1", whole(fine ?? 0), whole(fine), whole(fine)];
  });
  const { span = 0, rx = 0, tx = 0 } = carried ?? {};
  return [idOf(wan), ...isOne(STATES, state), ...measured, whole(span), whole(rx), whole(tx)];
}
function shapedRow({ wan, way, colour, rate, delay, load: load2 }) {
  const numbers = [rate, delay * FINE, load2 * FINE].flatMap((value) => [whole(value), whole(value), whole(value)]);
  return [idOf(wan), String(WAYS.indexOf(way)), ...isOne(COLOURS, colour), ...numbers];
}
function eventSql({ kind, wan, old, new: now2, words, evidence }, at, isNew) {
  const values = [whole(at), quote(kind), ...[wan, old, now2].map((text) => quoteOrNull(text)), quote(words)];
  const kept = evidence === void 0 ? "NULL" : quote(JSON.stringify(evidence), 2e4);
  const isTold = kind === "transition" ? ` AND NOT EXISTS(SELECT 1 FROM (SELECT * FROM events WHERE kind='transition' AND wan=${quoteOrNull(wan)} ORDER BY id DESC LIMIT 1) WHERE old IS ${quoteOrNull(old)} AND new IS ${quoteOrNull(now2)} AND abs(at-${whole(at)})<${AGAIN})` : "";
  return `INSERT INTO events(at,kind,wan,old,new,words,evidence) SELECT ${[...values, kept].join(",")} WHERE ${isNew}${isTold};`;
}
var PRUNE = [
  "BEGIN IMMEDIATE;",
  ...["events", ...TABLES.map(({ name }) => name)].map(
    (name) => `DELETE FROM ${name} WHERE at<(SELECT at FROM ${name} ORDER BY at LIMIT 1 OFFSET (SELECT count(*)/10 FROM ${name}));`
  ),
  "COMMIT;"
].join("\n");

// lib/system/exec.ts
var SYSTEM_PATH = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
var MAX_OUTPUT = 1e7;
var EXCESS = "printed far too much";
var NOT_FOUND = { stdout: "", stderr: "", failure: "not found", unstarted: true };
function createExec(engine) {
  const folders = [...(engine.env.PATH ?? "").split(":").filter((folder) => folder.startsWith("/")), ...SYSTEM_PATH];
  const environment = { PATH: folders.join(":"), LC_ALL: "C" };
  const known = /* @__PURE__ */ new Map();
  const find = (program) => {
    if (program.startsWith("/")) return program;
    if (!known.has(program)) known.set(program, search(engine.files, folders, program));
    return known.get(program);
  };
  const start3 = (program, args, { timeout, env, ...options }) => {
    const file = find(program);
    if (file === void 0) return { finished: Promise.resolve(NOT_FOUND), kill: () => {
    } };
    return runFor(engine, { maxOutput: MAX_OUTPUT, ...options, file, args, env: { ...env, ...environment } }, timeout);
  };
  return {
    start: start3,
    detach: async (program, args, input2) => engine.detach({ file: find(program) ?? program, args, env: environment, input: input2, maxOutput: 0 }),
    find: async (program) => find(program)
  };
}
function search(files2, folders, program) {
  return folders.map((folder) => `${folder}/${program}`).find((file) => isExecutable(files2, file));
}
function isExecutable(files2, file) {
  try {
    const found = files2.stat(file);
    return found?.kind === "file" && (found.mode & 73) !== 0;
  } catch {
    return false;
  }
}
function runFor(engine, order, timeout) {
  const { ended, kill } = engine.start(order);
  let failure;
  const stop = (why) => {
    failure ??= why;
    kill();
  };
  const cancel = engine.after(timeout, () => stop(`no end after ${timeout / 1e3} s`));
  const finished = ended.then((how) => {
    cancel();
    return failure === void 0 ? toFinished(how) : { stdout: "", stderr: "", failure };
  });
  return { finished, kill: () => stop("stopped") };
}
function toFinished({ stdout, stderr, exitCode, signal, unstarted, excess }) {
  if (unstarted !== void 0) return { stdout, stderr, failure: WORDS[unstarted] ?? unstarted, unstarted: true };
  if (excess !== void 0) return { stdout, stderr, failure: EXCESS, beginning: excess };
  return exitCode === void 0 ? { stdout, stderr, failure: `ended by ${signal}` } : { stdout, stderr, exitCode };
}
var WORDS = {
  ENOENT: "not found",
  EACCES: "not executable",
  ENOEXEC: "not executable",
  EAGAIN: "no process can be started: there are too many",
  ENOMEM: "no process can be started: out of memory",
  EMFILE: "no process can be started: too many open files",
  ENFILE: "no process can be started: too many open files"
};

// lib/system/sqlite.ts
var SQLITE = "sqlite3";
var BUSY = 1e3;
var MAX_OUTPUT2 = 3e7;
async function askSqlite({ exec }, path, script, { timeout, open: open2 = false }) {
  const args = ["-batch", "-bail", "-json", "-init", "/dev/null", ...open2 ? [] : ["-safe"], path];
  const input2 = `.timeout ${BUSY}
${script}
`;
  return toAnswer(await exec.start(SQLITE, args, { timeout, input: input2, maxOutput: MAX_OUTPUT2 }).finished);
}
var BEGINNING2 = /^(?:\w+ )?error:?(?: near line \d+)?: /i;
function toAnswer({ stdout, stderr, exitCode, failure }) {
  if (exitCode === 0) return { stdout };
  const said = (stderr.trim().split("\n")[0] ?? "").replace(BEGINNING2, "");
  const problem = `${SQLITE}: ${failure ?? (said === "" ? `exit ${exitCode}` : said)}`;
  return { problem, .../malformed|not a database|disk image/.test(said) ? { damaged: true } : {} };
}

// test/history/database.ts
var BOOT = { bootId: "boot", booted: 179e7 };
function lineOf(more = {}) {
  return {
    wan: "wan1",
    state: "up",
    rtt: 10,
    jitter: 1,
    loss: 0,
    carried: { rx: 1e3, tx: 100, span: 1e4 },
    ...more
  };
}
var Database = class {
  constructor(path) {
    this.path = path;
  }
  path;
  exec = createExec(createEngine());
  batches = 0;
  /** All rows that a script answers with; throws what sqlite3 says. */
  async ask(script) {
    const { stdout, problem } = await askSqlite({ exec: this.exec }, this.path, script, { timeout: 6e4 });
    if (stdout === void 0) throw new Error(problem);
    return (parseAnswers(stdout) ?? []).flat();
  }
  /** Writes samples at a time of the boot. */
  async write(samples, uptime, more = {}) {
    const { bootId, booted } = BOOT;
    return this.ask(
      writeSql(samples, { batch: `batch ${++this.batches}`, bootId, wall: booted + uptime, uptime, ...more })
    );
  }
};

// ../tmp/hday.ts
var db = new Database("/tmp/hd/s.status.history");
var now = 1795752e3;
var start2 = now - 86400;
for (let h = 0; h < 24; h += 6) {
  const samples = [];
  for (let u = h * 3600; u < (h + 6) * 3600; u += 30) {
    const evening = Math.max(0, Math.sin((u - 4e4) / 86400 * 6.28));
    const dead = u > 5e4 && u < 53e3, bad = u > 6e4 && u < 66e3;
    const wan1 = lineOf({ state: dead ? "down" : bad ? "degraded" : "up", rtt: 12 + evening * 8 + Math.random() * 3 + (bad ? 60 + Math.random() * 80 : 0) + (Math.random() < 3e-3 ? 200 : 0), loss: dead ? 100 : bad ? Math.random() * 30 : 0, carried: { rx: Math.round(evening * 3e7 * Math.random()), tx: Math.round(2e6 * Math.random()), span: 3e4 } });
    if (dead) {
      delete wan1.rtt;
      delete wan1.jitter;
    }
    const lines2 = [wan1];
    if (!(u > 2e4 && u < 22e3)) lines2.push(lineOf({ wan: "lte", rtt: 45 + Math.random() * 25, loss: Math.random() < 0.02 ? 33 : 0, carried: { rx: dead ? 2e7 : 1e4, tx: 1e4, span: 3e4 } }));
    const shaped = bad ? [{ wan: "wan1", way: "down", colour: Math.random() < 0.2 ? "red" : "green", rate: 2e4 + Math.random() * 2e4, delay: 10, load: 80 }] : [];
    const events = u === 50010 ? [{ kind: "transition", wan: "wan1", old: "up", new: "down", words: "no reply from 1.1.1.1, 8.8.8.8", evidence: [{ target: "1.1.1.1", outcome: "lost" }, { target: "8.8.8.8", outcome: "lost" }] }, { kind: "change", words: "- default via 10.0.1.1 dev eth1 metric 10" }] : [];
    samples.push({ bootId: "b", uptime: u, wall: start2 + u, lines: lines2, shaped, events });
  }
  await db.write(samples, 0, { bootId: "b", wall: start2 + (h + 6) * 3600, uptime: (h + 6) * 3600 });
}
