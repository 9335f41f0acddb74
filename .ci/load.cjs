// Becomes dist/load.cjs: loads the compiled code of this package, which lies in dist/chunks as scripts.
//
// A process that reads one value lives for some thirty milliseconds, and compiling what it needs would take ten of them. So the
// first processes leave what V8 compiled for them in dist/cache, one file for each entry and each V8 with its flags, and the
// others begin with that. Nothing depends on it: where it cannot be written, or is damaged, the scripts are compiled.
'use strict';
const {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { dirname, join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { cachedDataVersionTag } = require('node:v8');
const { Script } = require('node:vm');
const { crc32 } = require('node:zlib');

/** The version of Node from which on everything used here is there. */
const OLDEST = [20, 19];
/** So many processes add the functions they used, and later one in so many: what is done often is in the cache in the end. */
const GENERATIONS = 4;
const ONE_IN = 32;
const HEADER = 8;
/** Parts of Node that take a millisecond or more to load. */
const SLOW = new Set(['node:child_process', 'node:crypto', 'node:worker_threads']);

/** What was loaded, by name: the exports, and the script while it may still be wanted for the cache. */
const loaded = new Map();
let cache;
let door;

/** The exports of an entry. `meta` is the `import.meta` of the module that asks, when it is one. */
exports.load = (entry, meta) => {
  const trouble = unfit();
  if (trouble !== undefined) refuse(entry, trouble);
  door ??= meta;
  cache ??= openCache(join(__dirname, 'cache', `${entry}-${process.version}-${cachedDataVersionTag()}.bin`));
  return loadChunk(`${entry}.js`);
};

/** Why this package cannot work here. */
function unfit() {
  if (process.versions.bun || process.versions.deno) return undefined;
  const [major, minor] = process.versions.node.split('.').map(Number);
  const isNewEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  if (!isNewEnough)
    return `Oxbow needs Node.js ${OLDEST.join('.')} or later; this is ${process.version} (${process.execPath}).`;
  const mayRead = process.permission?.has('fs.read', __dirname) ?? true;
  return mayRead ? undefined : `Oxbow may not read its own files: allow it by --allow-fs-read=${__dirname}.`;
}

function refuse(entry, trouble) {
  if (entry !== 'entry-tui-flow') throw new Error(trouble);
  process.stderr.write(`error: ${trouble}\n`);
  process.exit(1);
}

function loadChunk(name) {
  const known = loaded.get(name);
  if (known) return known.module.exports;
  const path = join(__dirname, 'chunks', name);
  const url = pathToFileURL(path).href;
  const cachedData = cache.data.get(name);
  const script = new Script(readFileSync(path, 'utf8'), { filename: url, cachedData });
  if (!cachedData || script.cachedDataRejected) keepAtExit();
  const module = { exports: {} };
  loaded.set(name, { module, script });
  script.runInThisContext()(module, module.exports, requireFrom, importFrom, { url, resolve });
  // Behind getters until now, for chunks that need each other. Calls between chunks are faster without.
  module.exports = { ...module.exports };
  return module.exports;
}

function requireFrom(name) {
  if (name.startsWith('./')) return loadChunk(name.slice('./'.length));
  return SLOW.has(name) ? atFirstUse(name) : require(name);
}

/** A part of Node, none of whose functions looks at `this`, that is loaded when one of them is wanted. */
function atFirstUse(name) {
  let found;
  return new Proxy(
    {},
    {
      get(_target, key) {
        found ??= require(name);
        return found[key];
      },
    },
  );
}

async function importFrom(name) {
  return name.startsWith('./') ? loadChunk(name.slice('./'.length)) : import(name);
}

/** As `import.meta.resolve`: what a flow imports and what this package loads shall be one instance. */
function resolve(name) {
  return door ? door.resolve(name) : pathToFileURL(require.resolve(name)).href;
}

/** What others than its owner may write to is trusted no more than the package itself is. */
const OTHERS_WRITE = 0o022;

/** The bytes of a cache file, unless somebody may have put it there who may not write to this package. */
function trustedBytes(path) {
  const own = lstatSync(__dirname);
  const isTrusted = ({ uid, mode }) =>
    (uid === own.uid || uid === process.geteuid?.()) && (mode & OTHERS_WRITE & ~own.mode) === 0;
  const folder = lstatSync(dirname(path));
  if (!folder.isDirectory() || !isTrusted(folder)) return Buffer.alloc(0);
  const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(file);
    return stat.isFile() && isTrusted(stat) ? readFileSync(file) : Buffer.alloc(0);
  } finally {
    closeSync(file);
  }
}

/** A cache file: checksum, length of the index, the index as JSON, the data one after the other. */
function openCache(path) {
  const empty = { path, generation: 0, data: new Map(), kept: false };
  let bytes;
  try {
    bytes = trustedBytes(path);
  } catch {
    bytes = Buffer.alloc(0);
  }
  // V8 itself trusts the bytes it is given.
  const isSound = bytes.length > HEADER && bytes.readUInt32LE(0) === crc32(bytes.subarray(4));
  cache = isSound ? { ...empty, ...parseCache(bytes) } : empty;
  if (cache.generation < GENERATIONS || process.pid % ONE_IN === 0) keepAtExit();
  return cache;
}

function parseCache(bytes) {
  const start = HEADER + bytes.readUInt32LE(4);
  const { generation, lengths } = JSON.parse(bytes.toString('utf8', HEADER, start));
  let at = start;
  const data = new Map();
  for (const [name, length] of lengths) {
    data.set(name, bytes.subarray(at, at + length));
    at += length;
  }
  return { generation, data };
}

function keepAtExit() {
  if (cache.kept) return;
  cache.kept = true;
  process.on('exit', writeCache);
}

function writeCache() {
  const { path, generation, data } = cache;
  const beside = `${path}.${process.pid}`;
  try {
    for (const [name, { script }] of loaded) data.set(name, script.createCachedData());
    const lengths = [...data].map(([name, { length }]) => [name, length]);
    const index = Buffer.from(JSON.stringify({ generation: generation + 1, lengths }));
    const bytes = Buffer.concat([Buffer.alloc(HEADER), index, ...data.values()]);
    bytes.writeUInt32LE(index.length, 4);
    bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(beside, bytes);
    renameSync(beside, path);
  } catch {
    // The package lies where this user may not write, or the disk is full.
    try {
      rmSync(beside, { force: true });
    } catch {}
  }
}
