// Compiles the package into dist/, readable and without source maps (workers turn them on for the user's files, and Node would
// read ours at every start): one bundle per entry point with shared chunks, so that a start-up
// opens few files, and (with --types) the declarations a published package needs. --out=FOLDER compiles to elsewhere.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'acorn';
import { build, transform } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const elsewhere = process.argv.find((word) => word.startsWith('--out='))?.slice('--out='.length);
// Made beside and swapped in whole: who runs dist/ meanwhile sees the old one or the new one, and a failed build changes nothing.
const out = elsewhere ?? join(root, `dist-${process.pid}`);
process.on('exit', () => elsewhere ?? rmSync(out, { recursive: true, force: true }));
/** What scripts import, by the name in package.json's `exports`; and what is started as a program, by the path the code knows. */
const DOORS = {
  index: 'index.ts',
  'store/index': 'store/index.ts',
  'client/index': 'client/index.ts',
  vite: 'core/load/vite-plugin.ts',
};
const PROGRAMS = {
  'tui/flow': 'tui/flow.ts',
  'core/worker/worker': 'core/worker/worker.ts',
  'store/lanes/lane': 'store/lanes/lane.ts',
  'store/maintenance/background': 'store/maintenance/background.ts',
};
const TOO_OLD = `Oxbow needs Node.js ${engines.node.replace('>=', '')} or later; this is `;
/** What code finds of `import.meta`, also when a bundler has made a script of it. */
const HERE = `
export const url =
  import.meta.url ?? new URL('file://' + encodeURI(__filename).replace(/[?#]/g, encodeURIComponent)).href;
export const resolve = (name) =>
  import.meta.resolve?.(name) ??
  'file://' + process.getBuiltinModule('node:module').createRequire(url).resolve(name);
`;
const entryOf = (name) => `entry-${name.replaceAll('/', '-')}`;
const entriesOf = (files) => Object.entries(files).map(([name, file]) => ({ in: file, out: entryOf(name) }));

const OPTIONS = {
  absWorkingDir: root,
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  // Packages stay outside, save for two that nearly every command needs: in here they begin as compiled, too.
  alias: { acorn: './node_modules/acorn/dist/acorn.mjs', commander: './node_modules/commander/index.js' },
  define: { 'process.env.OXBOW_BUILD_VERSION': JSON.stringify(version) },
  logLevel: 'warning',
  metafile: true,
  write: false,
};
const { outputFiles, metafile } = await build({
  ...OPTIONS,
  entryPoints: entriesOf({ ...DOORS, ...PROGRAMS }),
});
for (const { path, text } of outputFiles) writeTo(join('chunks', basename(path)), await scriptOf(text));
for (const name of ['load.cjs', 'typescript.cjs']) copyFileSync(join(root, '.ci', name), join(out, name));
for (const name of Object.keys(DOORS)) {
  writeTo(`${name}.js`, doorTo(name));
  writeTo(`${name}.cjs`, `module.exports = ${loads(name, '')}`);
}
await writeModules();
for (const name of Object.keys(PROGRAMS)) {
  writeTo(`${name}.js`, `#!/usr/bin/env node\n${loads(name, '')}`);
  // A program starts sooner as a script than as a module.
  writeTo(join(dirname(name), 'package.json'), '{ "type": "commonjs" }\n');
}
chmodSync(join(out, 'tui/flow.js'), 0o755);

if (process.argv.includes('--types')) {
  const config = join(out, 'tsconfig.types.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rewriteRelativeImportExtensions: true,
        outDir: join(out, 'types'),
        rootDir: root,
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: [...Object.values(DOORS), 'core/index.ts'].map((file) => join(root, file)),
    }),
  );
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], {
    stdio: 'inherit',
  });
  rmSync(config);
}

/** A bundle as the script that load.cjs runs: a function of what a module finds around it. */
async function scriptOf(bundle) {
  const { code } = await transform(withImporter(bundle), {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    define: { 'import.meta': '__meta' },
  });
  // What esbuild copies behind getters once more, load.cjs takes as it is.
  const body = code.replace(
    'module.exports = __toCommonJS(stdin_exports);',
    'module.exports = stdin_exports;',
  );
  return `(function (module, exports, require, __import, __meta) {\n${body}})\n`;
}

/** The bundle with another name for `import()`, which a script that V8 has compiled before cannot call. */
function withImporter(bundle) {
  const places = [];
  const visit = (node) => {
    if (node?.type === 'ImportExpression') places.push(node.start);
    if (typeof node === 'object' && node !== null) Object.values(node).forEach(visit);
  };
  visit(parse(bundle, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true }));
  const pieces = [0, ...places].map((start, index) => bundle.slice(start, places[index]));
  return pieces.map((piece, index) => (index === 0 ? piece : `__${piece}`)).join('');
}

/** A module that passes on what an entry exports, or what the same door made for bundlers does where that came first. */
function doorTo(name) {
  const [, { exports }] = Object.entries(metafile.outputs).find(
    ([path]) => basename(path) === `${entryOf(name)}.js`,
  );
  return (
    `const isTooOld = () => { throw new Error(${JSON.stringify(TOO_OLD)} + process.version + '.'); };\n` +
    `const require = (process.getBuiltinModule ?? isTooOld)('node:module').createRequire(import.meta.url);\n` +
    `export const { ${exports.join(', ')} } = globalThis[Symbol.for('oxbow.doors')]?.get(import.meta.url) ?? ${loads(name, ', import.meta')}`
  );
}

/**
 * The doors as modules, in dist/modules. A test runner may load these, unbundled, where node itself would take the others, and then both
 * must be one: what they export is left where those look for it.
 */
async function writeModules() {
  const { outputFiles } = await build({
    ...OPTIONS,
    entryPoints: entriesOf(DOORS),
    define: { ...OPTIONS.define, 'import.meta.url': '__oxbowUrl', 'import.meta.resolve': '__oxbowResolve' },
  });
  const here = "import { url as __oxbowUrl, resolve as __oxbowResolve } from '../here.js';\n";
  writeTo('modules/here.js', HERE);
  for (const { path, text } of outputFiles) writeTo(join('modules/chunks', basename(path)), here + text);
  for (const name of Object.keys(DOORS)) {
    const up = '../'.repeat(name.split('/').length - 1) || './';
    const chunk = JSON.stringify(`${up}chunks/${entryOf(name)}.js`);
    writeTo(
      `modules/${name}.js`,
      `import { url } from '${up}here.js';\nimport * as own from ${chunk};\nexport * from ${chunk};\n` +
        `const doors = (globalThis[Symbol.for('oxbow.doors')] ??= new Map());\n` +
        `if (url.endsWith('/dist/modules/here.js')) doors.set(new URL('../${name}.js', url).href, own);\n`,
    );
  }
}

function loads(name, meta) {
  const loader = './'.concat('../'.repeat(name.split('/').length - 1), 'load.cjs');
  return `require('${loader}').load('${entryOf(name)}'${meta});\n`;
}

function writeTo(name, text) {
  mkdirSync(dirname(join(out, name)), { recursive: true });
  writeFileSync(join(out, name), text);
}

if (elsewhere === undefined) {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  renameSync(out, join(root, 'dist'));
}
