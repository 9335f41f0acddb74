import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { Debugger, type Heard, targetsAt } from './rig/debugger.ts';
import { FlowRig, masked, noTerminal } from './rig/flow-rig.ts';

/** A foreach, a static split, joins of both, a parameter, a constant, and a task that fails until the code is mended. */
const flow = (mended: boolean): string => `
import { FlowSpec, Parameter, catchError, retry, step, type Inputs } from 'oxbow';
export default class SpunFlow extends FlowSpec {
  static factor = ${mended ? 3 : 2};
  base = Parameter('base', { default: 10 });
  declare items: string[];
  declare value: number;
  declare note: string;
  declare total: number;
  declare side: string;
  @step start() {
    this.items = ['a', 'b', 'c'];
    this.note = 'from start';
    this.next(this.left, this.right);
  }
  @step left() { this.side = 'left'; this.next(this.fan); }
  @step fan() { this.next(this.work, { foreach: 'items' }); }
  @retry({ times: 2, minutesBetweenRetries: 0 }) @catchError({ var: 'failure' })
  @step work() {
    console.log('at work on', this.input, this.index, this.note, this.foreachStack().length);
    ${mended ? '' : "if (this.input === 'b') throw new RangeError('no b yet');"}
    this.value = (this.base + this.input.charCodeAt(0)) * SpunFlow.factor;
    this.next(this.collect);
  }
  @step collect(inputs: Inputs<SpunFlow>) {
    this.total = inputs.reduce((sum, input) => sum + (input.value ?? 0), 0);
    this.mergeArtifacts(inputs, { include: ['side'] });
    this.next(this.meet);
  }
  @step right() { this.side = 'right'; this.next(this.meet); }
  @step meet(inputs: Inputs<SpunFlow>) {
    this.total = inputs.left?.total ?? inputs.collect.total;
    this.side = [...inputs].map((input) => input.side).join(' ');
    this.next(this.end);
  }
  @step end() { console.log(this.total); }
}
`;

let rig: FlowRig;
/** `SpunFlow/id` of the run that all spins are of. */
let run: string;

before(() => {
  rig = FlowRig.create();
  rig.write('spun.ts', flow(false));
  assert.equal(rig.flow('run', 'spun.ts', '--run-id-file', 'id').code, 0);
  run = rig.flow('runs').stdout.split('\t')[0] ?? '';
  rig.write('spun.ts', flow(true));
});
after(() => rig[Symbol.dispose]());

const factsIn = (stdout: string): string[] => stdout.split('\n').filter((line) => line.includes('\t'));
const fact = (stdout: string, name: string): string | undefined =>
  factsIn(stdout)
    .find((line) => line.startsWith(`${name}\t`))
    ?.split('\t')[1];

const refs = (): string =>
  execFileSync('git', ['--git-dir', join(rig.folder, '.flow'), 'for-each-ref', 'refs/heads', 'refs/runs'], {
    encoding: 'utf8',
  });

test('a task is executed alone, with its recorded inputs and the code as it is now, and disturbs nothing', () => {
  const was = refs();
  const { code, stdout, stderr } = rig.flow('spin', `${run}/work/1`);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /Spinning SpunFlow\/\S+\/work\/1 \(run-id /);
  assert.match(stdout, /at work on b 1 from start 1/);
  assert.deepEqual(
    factsIn(stdout).map((line) => masked(line).split('\t').slice(0, 3)),
    [
      ['spin', 'SpunFlow/<run>/work/1', ''],
      ['of', 'SpunFlow/<run>/work/1', ''],
      ['status', 'successful', 'successful'],
      ['seconds', '<seconds>', '<seconds>'],
      ['next', 'collect', 'collect'],
      ['constant', 'factor', 'changed'],
      ['artifact', 'failure', 'changed'],
      ['artifact', 'value', 'new'],
    ].map((row, index) => (index < 2 ? row.slice(0, 2) : row)),
  );
  const spun = fact(stdout, 'spin') ?? '';
  assert.equal(refs(), was);
  assert.deepEqual(rig.flow('runs').stdout.split('\n').length, 2);
  assert.equal(rig.flow('cat', `${spun}/value`).stdout, `${(10 + 98) * 3}\n`);
  assert.equal(rig.flow('logs', spun).stdout, 'at work on b 1 from start 1\n');
  assert.match(
    rig.flow('show', spun.split('/').slice(0, 2).join('/')).stdout,
    /^spin of\tSpunFlow\/\S+\/work\/1$/m,
  );
  assert.equal(fact(rig.flow('show', 'SpunFlow').stdout, 'run'), run);
});

test('joins get their inputs: of a foreach, and of static branches by name', () => {
  const collect = rig.flow('spin', `${run}/collect`);
  assert.equal(collect.code, 0, collect.stderr);
  assert.deepEqual(
    factsIn(collect.stdout).filter((line) => line.startsWith('artifact')),
    [],
  );
  const meet = rig.flow('spin', `${run}/meet/0`);
  assert.equal(meet.code, 0, meet.stderr);
  const spun = fact(meet.stdout, 'spin');
  assert.equal(rig.flow('cat', `${spun}/side`).stdout, 'left right');
});

test('parameters may be given anew', () => {
  const { code, stdout } = rig.flow('spin', `${run}/work/0`, '--base', '1', '--quiet');
  assert.deepEqual([code, factsIn(stdout)], [0, []]);
  const told = rig.flow('spin', `${run}/work/0`, '--base', '1').stdout;
  assert.match(told, /^parameter\tbase\tchanged\t/m);
  assert.equal(rig.flow('cat', `${fact(told, 'spin')}/value`).stdout, `${(1 + 97) * 3}\n`);
});

test('the recorded code fails as it did: at once, and neither retried nor caught', () => {
  const { code, stdout, stderr } = rig.flow('spin', `${run}/work/1`, '--code', 'recorded');
  assert.equal(code, 1);
  assert.equal(stdout.match(/Task is starting/g)?.length, 1);
  assert.match(stdout, /^status\tfailed\tsuccessful$/m);
  assert.match(stderr, /^work\/1 failed: RangeError: no b yet\n[\s\S]*> 21 │ .*throw new RangeError/);
  assert.equal(existsSync(join(rig.folder, '.flow/oxbow')), false);
});

test('the file is found from where the run had it, can be named, and else the code of the run is taken', () => {
  mkdirSync(join(rig.folder, 'elsewhere'), { recursive: true });
  renameSync(join(rig.folder, 'spun.ts'), join(rig.folder, 'elsewhere/spun.ts'));
  try {
    assert.match(rig.flow('spin', `${run}/end/0`).stderr, /^The file of SpunFlow is not found from here/);
    assert.deepEqual(rig.flow('spin', `${run}/end/0`, 'elsewhere/spun.ts').stderr, '');
  } finally {
    renameSync(join(rig.folder, 'elsewhere/spun.ts'), join(rig.folder, 'spun.ts'));
  }
  const away = rig.shell(`cd / && flow spin ${run}/end/0 --store '${rig.folder}/.flow'`);
  assert.deepEqual([away.code, away.stderr], [0, '']);
});

test('what cannot be spun is told with what can', () => {
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [[], 2, /needs the ADDRESS of a task/],
    [[run], 2, /is a run, and flow spin takes the address of a task. Its steps: start, left,/],
    [[`${run}/work`], 2, /has 3 tasks: 0, 1, 2\. Name one of them\.\nhint: flow spin SpunFlow\/\S+\/work\/0/],
    [[`${run}/work/0/note`], 2, /is an artifact/],
    [[`${run}/work/9`], 1, /has no task/],
    [[`${run}/end`, '--bass', '1'], 2, /Unknown option --bass/],
    [[`${run}/end`, '--code', 'old'], 2, /takes current, recorded or a FILE/],
    [[`${run}/end`, '--inspect=x'], 2, /takes a port, as in --inspect=9230/],
    [[`${run}/end`, '--tag', 'x'], 2, /Unknown option --tag/],
  ];
  for (const [words, code, message] of cases) {
    const left = rig.flow('spin', ...words);
    assert.equal(left.code, code, left.stderr);
    assert.match(left.stderr.replace(/\n {7}/g, ' '), message);
  }
  rig.write('without.ts', flow(true).replaceAll('right', 'wrong'));
  const gone = rig.flow('spin', `${run}/right`, 'without.ts');
  assert.equal(gone.code, 1);
  assert.match(gone.stderr, /the flow has no step "right" now\. Its steps: start, left,/);
  rig.write('other.ts', flow(true).replaceAll('SpunFlow', 'OtherFlow'));
  assert.match(
    rig.flow('spin', `${run}/end`, 'other.ts#OtherFlow').stderr,
    /is a task of SpunFlow, but the file holds/,
  );
});

test('a spin is no run to go on from, and resume does not meet one', () => {
  const { stdout } = rig.flow('spin', `${run}/end`);
  const spin = (fact(stdout, 'spin') ?? '').split('/').slice(0, 2).join('/');
  assert.match(rig.flow('resume', 'spun.ts', '--origin-run-id', spin).stderr, /is a spin of SpunFlow\//);
  assert.match(
    rig.flow('resume', 'spun.ts', '--dry-run').stdout,
    new RegExp(`^take\tstart/0\tshared-code\t${run}$`, 'm'),
  );
});

test('a terminal shows what came out different', { skip: noTerminal }, () => {
  const { stdout } = rig.terminal(`spin ${run}/work/0`, { columns: 120, env: { NO_COLOR: '1' } });
  const screen = masked(stdout);
  assert.match(screen, /^status +✔ successful$/m);
  assert.match(screen, /^artifacts +\d+ the same, 1 changed$/m);
  assert.match(screen, /constant factor +changed +2 +3/);
  assert.match(screen, /value +changed +214 +321/);
});

test('the latest ten are kept', () => {
  const spins = () =>
    execFileSync('git', ['--git-dir', join(rig.folder, '.flow'), 'for-each-ref', 'refs/spins'], {
      encoding: 'utf8',
    })
      .trim()
      .split('\n');
  for (let more = spins().length; more < 12; more += 1) rig.flow('spin', `${run}/end`, '--quiet');
  assert.equal(spins().length, 10);
  execFileSync('git', ['--git-dir', join(rig.folder, '.flow'), 'fsck', '--strict']);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

test('--inspect-brk waits for a debugger and stops at the first line of the step', async () => {
  const port = await freePort();
  const child = rig.start('spin', `${run}/work/1`, `--inspect-brk=${port}`);
  let told = '';
  child.stdout?.on('data', (chunk) => {
    told += String(chunk);
  });
  const listening = new RegExp(`Debugger listening on ws://127.0.0.1:${port}/\\S+: attach to continue`);
  while (!listening.test(told)) await once(child.stdout ?? child, 'data');
  assert.doesNotMatch(told, /at work/);
  const [target] = await targetsAt(port);
  const stops: string[] = [];
  const client = await Debugger.attach(target?.webSocketDebuggerUrl ?? '', ({ method, params }: Heard) => {
    if (method !== 'Debugger.paused') return;
    stops.push(params?.callFrames?.[0]?.functionName ?? '');
    assert.doesNotMatch(told, /at work/);
    client.send('Debugger.resume');
  });
  for (const method of ['Runtime.enable', 'Debugger.enable', 'Runtime.runIfWaitingForDebugger'])
    client.send(method);
  const [code] = await once(child, 'close');
  client.detach();
  assert.deepEqual([code, stops], [0, ['work']]);
  assert.match(told, /at work on b 1/);
});

test('--inspect does not wait; a port that is taken is told', async () => {
  const port = await freePort();
  const { code, stdout } = rig.flow('spin', `${run}/end`, `--inspect=${port}`);
  assert.equal(code, 0);
  assert.match(stdout, new RegExp(`Debugger listening on ws://127.0.0.1:${port}/\\S+$`, 'm'));
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const taken = await new Promise<string>((resolve) => {
    const child = rig.start('spin', `${run}/end`, `--inspect=${port}`);
    let text = '';
    child.stderr?.on('data', (chunk) => {
      text += String(chunk);
    });
    child.on('close', () => resolve(text));
  });
  server.close();
  assert.match(taken, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: the port is taken`));
});
