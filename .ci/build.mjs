// Compiles the package into dist/, readable and without source maps (workers turn them on for the user's files, and Node would
// read ours at every start): one bundle per entry point with shared chunks, so that a start-up
// opens few files, and (with --types) the declarations a published package needs. --out=FOLDER compiles to elsewhere.
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const elsewhere = process.argv.find((word) => word.startsWith('--out='))?.slice('--out='.length);
// Made beside and swapped in whole: who runs dist/ meanwhile sees the old one or the new one, and a failed build changes nothing.
const out = elsewhere ?? join(root, `dist-${process.pid}`);
process.on('exit', () => elsewhere ?? rmSync(out, { recursive: true, force: true }));
await build({
  absWorkingDir: root,
  entryPoints: [
    'index.ts',
    'store/index.ts',
    'client/index.ts',
    'tui/flow.ts',
    'core/worker.ts',
    'store/lanes/lane.ts',
    'store/maintenance/background.ts',
  ],
  outdir: out,
  outbase: '.',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  define: { 'process.env.OXBOW_BUILD_VERSION': JSON.stringify(version) },
  logLevel: 'warning',
});
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
      include: ['index.ts', 'store/index.ts', 'client/index.ts', 'core/index.ts'].map((file) =>
        join(root, file),
      ),
    }),
  );
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], {
    stdio: 'inherit',
  });
  rmSync(config);
}

if (elsewhere === undefined) {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  renameSync(out, join(root, 'dist'));
}
