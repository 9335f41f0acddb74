import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FlowRig } from '../rig/flow-rig.ts';

let rig: FlowRig;
before(() => {
  rig = FlowRig.create();
  mkdirSync(join(rig.folder, 'lib'));
  rig.write('lib/words.ts', "export const words = ['one', 'two'];");
  rig.write(
    'words.ts',
    "import { FlowSpec, step } from 'oxbow';\nimport { words } from './lib/words.ts';\n" +
      'export default class WordsFlow extends FlowSpec {\n' +
      '  @step start() { this.next(this.end); }\n  @step end() { console.log(words.join()); }\n}\n',
  );
  assert.equal(rig.flow('run', 'words.ts').code, 0);
});
after(() => rig[Symbol.dispose]());

test('flow code lists the files of a run', () => {
  const { code, stdout } = rig.flow('code', 'WordsFlow/latest/end/0');
  assert.equal(code, 0);
  assert.deepEqual(
    stdout.split('\n').filter((line) => !line.startsWith('run\t')),
    [
      'entry\twords.ts',
      'class\tWordsFlow',
      'file\tlib/words.ts\t36',
      'file\tpackage.json\t20',
      'file\twords.ts\t218',
      '',
    ],
  );
});

test('what flow code writes runs', () => {
  const { code, stdout, stderr } = rig.flow('code', 'WordsFlow', '-o', 'out/of this');
  assert.deepEqual([code, stdout], [0, 'out/of this/words.ts\n']);
  assert.match(stderr, /^3 files of WordsFlow\/\S+\. flow run 'out\/of this\/words\.ts'\n$/);
  assert.deepEqual(readdirSync(join(rig.folder, 'out/of this')).sort(), ['lib', 'package.json', 'words.ts']);
  const run = rig.flow('run', 'out/of this/words.ts', '--quiet');
  assert.deepEqual([run.code, run.stdout.includes('one,two')], [0, true]);
});

test('it leaves a folder with files alone unless forced, and never writes through a link', () => {
  mkdirSync(join(rig.folder, 'full'));
  rig.write('full/words.ts', 'mine');
  const refused = rig.flow('code', 'WordsFlow', '-o', 'full');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^error: The folder full is not empty\. .*--force/);
  assert.equal(readFileSync(join(rig.folder, 'full/words.ts'), 'utf8'), 'mine');
  assert.equal(rig.flow('code', 'WordsFlow', '-o', 'full', '--force').code, 0);
  assert.match(readFileSync(join(rig.folder, 'full/words.ts'), 'utf8'), /WordsFlow/);
  mkdirSync(join(rig.folder, 'linked'));
  mkdirSync(join(rig.folder, 'elsewhere'));
  symlinkSync(join(rig.folder, 'elsewhere'), join(rig.folder, 'linked/lib'));
  const linked = rig.flow('code', 'WordsFlow', '-o', 'linked', '--force');
  assert.equal(linked.code, 2);
  assert.match(linked.stderr, /would be written outside of/);
  assert.deepEqual(readdirSync(join(rig.folder, 'elsewhere')), []);
  assert.equal(existsSync(join(rig.folder, 'linked/words.ts')), false);
});
