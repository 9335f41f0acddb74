// `flow init` makes a project that compiles, runs and has a test that passes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FlowRig } from './rig/flow-rig.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

test('a new project compiles, runs, and its test passes', () => {
  using rig = FlowRig.create();
  const made = rig.flow('init', 'Ada Flows');
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stderr, /cd 'Ada Flows'\n {2}npm install\n/);
  const project = join(rig.folder, 'Ada Flows');
  const { name, scripts, devDependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  assert.equal(name, 'ada-flows');
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
  symlinkSync(ROOT, join(project, 'node_modules/oxbow'));
  for (const dependency of Object.keys(devDependencies))
    symlinkSync(join(ROOT, 'node_modules', dependency), join(project, 'node_modules', dependency));

  const shell = (command: string) =>
    execFileSync('sh', ['-c', command], {
      cwd: project,
      encoding: 'utf8',
      stdio: 'pipe',
      // A test runner inside a test runner would take the outer one for its own.
      env: {
        ...process.env,
        NODE_TEST_CONTEXT: undefined,
        PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
      },
    });
  shell(scripts.types);
  assert.match(shell(scripts.start.replace('flow ', `node '${join(ROOT, 'dist/tui/flow.js')}' `)), /9 words/);
  assert.match(shell(scripts.test), /pass 1\b/);
});

test('what is there stays as it is', () => {
  using rig = FlowRig.create();
  const own = readFileSync(join(rig.folder, 'package.json'), 'utf8');
  const made = rig.flow('init');
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /^kept package\.json, which was there$/m);
  assert.match(made.stderr, /npm install oxbow/);
  assert.equal(readFileSync(join(rig.folder, 'package.json'), 'utf8'), own);
  assert.match(rig.flow('init').stdout, /^kept flows\/words\.ts, which was there$/m);
  rig.write('package.json', '{}');
  assert.match(rig.flow('init').stderr, /has no "type": "module"/);
  rig.write('file', '');
  assert.equal(rig.flow('init', 'file').code, 2);
});
