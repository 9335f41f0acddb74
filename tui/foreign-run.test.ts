// Whose code runs: a record that this user did not make decides nothing about it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { FlowRig, type Left, noTerminal } from './rig/flow-rig.ts';

/** Says where it is executed: by a file in the working folder of the process, so that not one word of output is needed. */
const flow = (mark: string): string => `
import { writeFileSync } from 'node:fs';
import { FlowSpec, step } from 'oxbow';
writeFileSync(new URL('./${mark}', import.meta.url), '');
export default class MarkFlow extends FlowSpec {
  @step start() { this.next(this.end); }
  @step end() { console.log('executed ${mark}'); }
}
`;

const as = (state: string) => ({
  env: { XDG_STATE_HOME: join(rig.folder, state), XDG_CACHE_HOME: join(rig.folder, 'cache') },
});
const mine = () => as('state');
const another = () => as('state-of-another');

/** Code that was written out to be executed, and is still there. */
const leftCode = (): string[] => readdirSync(join(rig.folder, 'cache/oxbow/recorded'));

let rig: FlowRig;
/** `MarkFlow/id`. */
let run: string;

before(() => {
  rig = FlowRig.create();
  mkdirSync(join(rig.folder, 'mine'));
  rig.write('mine/flow.ts', flow('mine'));
  const made = rig.shell('cd mine && flow run flow.ts --quiet --run-id-file id && cat id', mine());
  assert.equal(made.code, 0, made.stderr);
  run = `MarkFlow/${made.stdout.trim().split('\n').at(-1)}`;
  rmSync(join(rig.folder, 'mine/mine'));
});
after(() => rig[Symbol.dispose]());

const spin = (folder: string, who: () => object, more = ''): Left =>
  rig.shell(`cd ${folder} && flow spin ${run}/end/0 --all-users ${more}`, who());

/** Was refused: names the file and the answers, and nothing was executed. */
function refused({ code, stdout, stderr }: Left, named: RegExp): void {
  assert.deepEqual([code, stdout], [2, ''], stderr);
  assert.match(stderr.replace(/\s+/g, ' '), named);
  for (const answer of ['current', 'recorded', 'FILE']) assert.match(stderr, new RegExp(`--code ${answer} `));
}

/** Files that say which code was executed. */
const marks = (): string[] =>
  readdirSync(rig.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(?:mine|theirs|own)$/.test(entry.name))
    .map(({ name }) => name);

test('a task of one’s own run is executed without a question, whatever has become of the file', () => {
  const own = spin('mine', mine);
  assert.deepEqual([own.code, own.stderr], [0, '']);
  renameSync(join(rig.folder, 'mine/flow.ts'), join(rig.folder, 'mine/away.ts'));
  const recorded = spin('mine', mine);
  renameSync(join(rig.folder, 'mine/away.ts'), join(rig.folder, 'mine/flow.ts'));
  assert.equal(recorded.code, 0, recorded.stderr);
  assert.match(recorded.stderr, /^The file of MarkFlow is not found from here/);
});

test('a run that was copied with a file planted beside it executes neither without an answer', () => {
  rmSync(join(rig.folder, 'mine/mine'), { force: true });
  mkdirSync(join(rig.folder, 'theirs'));
  execFileSync('git', [
    'clone',
    '-q',
    '--mirror',
    join(rig.folder, 'mine/.flow'),
    join(rig.folder, 'theirs/.flow'),
  ]);
  rig.write('theirs/flow.ts', flow('theirs'));
  // The very user who made the run, but not from this file; and somebody who never made it.
  for (const who of [mine, another]) {
    refused(
      spin('theirs', who),
      /You did not make the run MarkFlow\/\S+ here.* would execute the file \S+theirs\/flow\.ts/,
    );
    refused(
      rig.shell(`cd theirs && flow resume --origin-run-id ${run}`, who()),
      /flow resume would execute the file \S+theirs\/flow\.ts/,
    );
  }
  assert.deepEqual(marks(), []);
  rmSync(join(rig.folder, 'theirs/flow.ts'));
  refused(spin('theirs', another), /would execute the code that it recorded \(flow\.ts\)/);
  // The code is what this user ran, wherever the store has gone.
  assert.equal(spin('theirs', mine, '--quiet').code, 0);
  refused(
    rig.shell(`cd theirs && flow resume --origin-run-id ${run}`, another()),
    /the code that it recorded/,
  );
  assert.match(
    spin('theirs', another, '--code current').stderr,
    /not found from here\. Name it: --code FILE/,
  );
});

test('--code answers', () => {
  rig.write('theirs/flow.ts', flow('theirs'));
  rig.write('theirs/own.ts', flow('own'));
  for (const [answer, executed] of [
    ['--code current', 'theirs'],
    ['--code recorded', 'mine'],
    ['--code own.ts', 'own'],
    ['own.ts', 'own'],
  ] as const) {
    const { code, stdout, stderr } = spin('theirs', another, answer);
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`executed ${executed}$`, 'm'));
  }
  const { code, stderr } = spin('theirs', another, 'own.ts --code flow.ts');
  assert.equal(code, 2);
  assert.match(stderr, /Two files were given/);
  assert.deepEqual(leftCode(), []);
});

test('recorded code sees the packages and settings of the working folder, and nothing that a store brings along', () => {
  const code = (mark: string): string =>
    `require('node:fs').writeFileSync(${JSON.stringify(join(rig.folder, mark))}, ''); exports.mark = '${mark}';\n`;
  const plant = (folder: string, mark: string): void => {
    mkdirSync(join(rig.folder, folder), { recursive: true });
    rig.write(`${folder}/index.js`, code(mark));
  };
  plant('node_modules/far-package', 'far');
  plant('work/node_modules/far-package', 'near');
  plant('work/node_modules/near-package', 'near');
  rig.write(
    'work/two.ts',
    `import { mark as a } from 'far-package';
import { mark as b } from 'near-package';
import { FlowSpec, step } from 'oxbow';
export default class TwoFlow extends FlowSpec {
  @step start() { console.log(a, b); this.next(this.end); }
  @step end() {}
}
`,
  );
  const made = rig.shell('cd work && flow run two.ts --quiet', mine());
  assert.deepEqual([made.code, made.stdout], [0, 'near near\n'], made.stderr);
  renameSync(join(rig.folder, 'work/two.ts'), join(rig.folder, 'work/away.ts'));
  rmSync(join(rig.folder, 'work/node_modules/far-package'), { recursive: true });
  const again = () => rig.shell('cd work && flow spin TwoFlow/latest/start/0 --quiet', mine());
  for (const place of ['.', 'oxbow', 'oxbow/spin-code']) {
    plant(`work/.flow/${place}/node_modules/near-package`, 'evil');
    plant(`work/.flow/${place}/node_modules/far-package`, 'evil');
    rig.write(
      `work/.flow/${place}/tsconfig.json`,
      JSON.stringify({
        compilerOptions: { paths: { '*-package': ['./node_modules/near-package/index.js'] } },
      }),
    );
  }
  const { code: status, stdout, stderr } = again();
  assert.deepEqual([status, stdout], [0, 'far near\n'], stderr);
  // One that is installed nowhere any more is not taken from the store either.
  rmSync(join(rig.folder, 'node_modules/far-package'), { recursive: true });
  const lacking = again();
  assert.equal(lacking.code, 1);
  assert.match(lacking.stderr, /Could not resolve "far-package"/);
  assert.equal(existsSync(join(rig.folder, 'evil')), false);
  assert.deepEqual(leftCode(), []);
});

test('a record whose entry is none of its files executes nothing', () => {
  const store = join(rig.folder, 'mine/.flow');
  const git = (input: string | undefined, ...words: string[]): string =>
    execFileSync('git', ['--git-dir', store, ...words], { input, encoding: 'utf8' });
  rig.write('outside.ts', flow('own'));
  const tree = git(undefined, 'ls-tree', `refs/runs/${run}`);
  const record = JSON.parse(git(undefined, 'show', `refs/runs/${run}:run.json`));
  const id = `${record.id.slice(0, -2)}zz`;
  const name = `MarkFlow/${id}`;
  const before = marks();
  for (const entry of ['../../../../outside.ts', 'flow.ts\0', 'code']) {
    const changed = JSON.stringify({ ...record, id, code: { ...record.code, entry } });
    const blob = git(changed, 'hash-object', '-w', '--stdin').trim();
    const forged = git(tree.replace(/[0-9a-f]{40}(?=\trun\.json)/, blob), 'mktree').trim();
    git(undefined, 'update-ref', `refs/runs/${name}`, git('forged', 'commit-tree', forged).trim());
    const { code, stdout, stderr } = rig.shell(
      `cd mine && flow spin ${name}/end/0 --all-users --code recorded; s=$?; flow code ${name} -o ../out; exit $s`,
      another(),
    );
    assert.deepEqual([code, stdout], [1, ''], stderr);
    assert.match(
      stderr,
      /^(?:error: The code of run MarkFlow\/\S+ has no file ".*".*\n(?:.*flow\.ts.*\n)?){2}$/,
    );
    git(undefined, 'update-ref', '-d', `refs/runs/${name}`);
  }
  assert.deepEqual(marks(), before);
  assert.deepEqual(leftCode(), []);
});

test('resume says which file continues a run of somebody else, and can execute the recorded code', () => {
  const told = rig.shell(`cd theirs && flow resume own.ts --origin-run-id ${run} --dry-run`, another());
  assert.equal(told.code, 0, told.stderr);
  assert.match(
    told.stderr,
    /^You did not make the run MarkFlow\/\S+ here\. What it lacks is executed with own\.ts\.$/m,
  );
  assert.equal(
    rig.shell(`cd mine && flow resume flow.ts --origin-run-id ${run} --dry-run`, mine()).stderr,
    '',
  );
  const { code, stdout, stderr } = rig.shell(
    `cd theirs && flow resume end --origin-run-id ${run} --code recorded`,
    another(),
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /executed mine$/m);
  assert.match(
    rig.shell(`cd theirs && flow resume own.ts --origin-run-id ${run} --code recorded`).stderr,
    /not both/,
  );
});

test('a terminal asks', { skip: noTerminal }, () => {
  cpSync(join(rig.folder, 'theirs'), join(rig.folder, 'asked'), { recursive: true });
  rmSync(join(rig.folder, 'asked/theirs'));
  const words = `spin ${run}/end/0 --all-users --store asked/.flow`;
  const ask = (input: string): Left => rig.terminal(words, { ...another(), columns: 400, input });
  const no = ask('n\n');
  assert.match(no.stdout, /would execute the file \S+asked\/flow\.ts\. Execute it\? \[y\/N\]/);
  assert.match(no.stdout, /Nothing was executed/);
  assert.deepEqual([no.code, existsSync(join(rig.folder, 'asked/theirs'))], [2, false]);
  const yes = ask('y\n');
  assert.equal(yes.code, 0, yes.stdout);
  assert.match(yes.stdout, /executed theirs/);
});
