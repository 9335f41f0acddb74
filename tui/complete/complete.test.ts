import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test, { after, before } from 'node:test';
import fc from 'fast-check';
import { COMMAND, FlowRig } from '../rig/flow-rig.ts';
import { splitLine } from './split-line.ts';

const FLOW = `import { FlowSpec, step } from 'oxbow';

export default class TrainFlow extends FlowSpec {
  declare loss: number;
  @step start() {
    this.loss = 1;
    this.next(this.end);
  }
  @step end() {}
}
`;

let rig: FlowRig;
before(() => {
  rig = FlowRig.create();
  rig.write('train.ts', FLOW);
  rig.flow('run', 'train.ts', '--tag', 'best one');
});
after(() => rig[Symbol.dispose]());

const offered = (line: string) => rig.shell(`flow complete '${line}'`).stdout.split('\n').slice(0, -1);

test('words are split as a shell splits them', () => {
  assert.deepEqual(splitLine('flow runs --where "a b" x'), ['flow', 'runs', '--where', 'a b', 'x']);
  assert.deepEqual(splitLine("flow cat 'A B"), ['flow', 'cat', 'A B']);
  assert.deepEqual(splitLine('flow  runs '), ['flow', 'runs', '']);
  assert.deepEqual(splitLine('a\\ b'), ['a b']);
  const word = fc.stringMatching(/^[a-z/@~.]{1,8}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      assert.deepEqual(splitLine(words.join(' ')), words);
    }),
  );
});

test('commands, options and their values, files', () => {
  assert.deepEqual(offered('flow ru'), ['run', 'runs']);
  assert.deepEqual(offered('flow runs --so'), ['--sort']);
  assert.deepEqual(offered('flow runs --format a'), ['arrow']);
  assert.deepEqual(offered('flow tag '), ['add', 'remove', 'replace', 'list']);
  assert.deepEqual(offered('flow run tr'), ['train.ts']);
  assert.deepEqual(offered('flow completion z'), ['zsh']);
  assert.deepEqual(offered('flow nothing x'), []);
});

test('addresses, a piece at a time', () => {
  assert.deepEqual(offered('flow cat Tr'), ['TrainFlow']);
  assert.deepEqual(offered('flow cat TrainFlow'), ['TrainFlow', 'TrainFlow/', 'TrainFlow@']);
  assert.deepEqual(offered('flow cat TrainFlow@'), [
    'TrainFlow@ok',
    'TrainFlow@failed',
    'TrainFlow@best one',
  ]);
  assert.match(
    offered('flow cat TrainFlow/').join('\n'),
    /^TrainFlow\/latest\nTrainFlow\/\d{8}-\d{6}-\w{5}$/,
  );
  assert.deepEqual(offered('flow cat TrainFlow/latest/e'), ['TrainFlow/latest/end']);
  assert.deepEqual(offered('flow cat TrainFlow/latest/end/'), ['TrainFlow/latest/end/0']);
  assert.deepEqual(offered('flow cat TrainFlow/latest/end/0/'), ['TrainFlow/latest/end/0/loss']);
  assert.deepEqual(offered('flow diff TrainFlow~1..Tr'), ['TrainFlow~1..TrainFlow']);
  assert.deepEqual(offered('flow runs T'), ['TrainFlow']);
  assert.deepEqual(offered('flow cat --store /nowhere T'), []);
});

test('bash completes, also after characters at which it begins a word anew', () => {
  const script = `
    source <(flow completion bash)
    compopt() { :; }
    try() {
      COMP_LINE="$1"; COMP_POINT=\${#1}; read -ra COMP_WORDS <<< "$2"; COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _flow_complete
      echo "\${COMPREPLY[*]}"
    }
    try 'flow cat TrainFlow@o' 'flow cat TrainFlow @ o'
    try 'flow cat TrainFlow/latest/en' 'flow cat TrainFlow/latest/en'
    complete -p flow
  `;
  assert.equal(rig.shell(script).stdout, 'ok\nTrainFlow/latest/end\ncomplete -F _flow_complete flow\n');
});

for (const [shell, line, expected] of [
  [
    'zsh',
    'autoload -Uz compinit; compinit -u -d $PWD/.zcompdump; source <(flow completion zsh); print $_comps[flow]',
    '_flow_complete\n',
  ],
  [
    'fish',
    'flow completion fish | source; complete -C "flow cat TrainFlow/latest/end/0/lo"',
    'TrainFlow/latest/end/0/loss\n',
  ],
] as const) {
  const isThere = spawnSync(shell, ['--version']).status === 0;
  test(`${shell} reads its script`, { skip: !isThere && `${shell} is not installed` }, () => {
    // The shell calls a program of that name.
    rig.write('flow', `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' "$@"\n`);
    const { stdout, stderr } = rig.shell(`chmod +x flow; HOME=$PWD PATH=$PWD:$PATH ${shell} -c '${line}'`);
    assert.equal(stdout, expected, stderr);
  });
}
