import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { BundleProject } from './bundle-project.ts';
import { importFlow } from './import-flow.ts';
import { loadFlow } from './load-flow.ts';

const CLASS = 'class OneFlow extends FlowSpec { @step start() { this.next(this.end); } @step end() {} }\n';
const IMPORT = "import { FlowSpec, step } from 'oxbow';\n";

const FILES: Readonly<Record<string, string>> = {
  'a default': `${IMPORT}export default ${CLASS}`,
  'a name': `${IMPORT}export ${CLASS}`,
  'a CommonJS file that is the flow': `import { FlowSpec, step } from 'oxbow';\n${CLASS}module.exports = OneFlow;`,
  'a CommonJS file with a default': `import { FlowSpec, step } from 'oxbow';\n${CLASS}exports.default = OneFlow;`,
  'a CommonJS file with a name': `import { FlowSpec, step } from 'oxbow';\n${CLASS}exports.OneFlow = OneFlow;`,
};

for (const [name, text] of Object.entries(FILES)) {
  test(`a flow is found in ${name}`, async () => {
    using project = new BundleProject({ 'entry.ts': text });
    assert.equal((await importFlow(await project.compile())).name, 'OneFlow');
  });
}

test('a flow file that imports another one, with its own main(), is of its own flow', async () => {
  const other = `${IMPORT}export ${CLASS.replace('OneFlow', 'OtherFlow')}await OtherFlow.main();`;
  const own = `${IMPORT}import { OtherFlow } from './other.ts';\n`;
  for (const text of [
    `export ${CLASS}`,
    `export ${CLASS}await OneFlow.main();`,
    `${CLASS}await OneFlow.main();`,
  ]) {
    using project = new BundleProject({
      'entry.ts': `${own}${text}console.log(OtherFlow.name);`,
      'other.ts': other,
    });
    assert.equal((await importFlow(await project.compile())).name, 'OneFlow', text);
  }
});

test('a flow whose main() another module calls is found, and two of one file have to be named', async () => {
  using project = new BundleProject({
    'entry.ts': `${IMPORT}import { begin } from './begin.ts';\n${CLASS}await begin(OneFlow);`,
    'begin.ts': 'export const begin = (flow: { main(): Promise<void> }) => flow.main();',
  });
  assert.equal((await importFlow(await project.compile())).name, 'OneFlow');
  project.write(
    'entry.ts',
    `${IMPORT}export ${CLASS}${CLASS.replace('OneFlow', 'TwoFlow')}await TwoFlow.main();`,
  );
  await assert.rejects(
    importFlow(await project.compile()),
    /has several flows\. Its flows: OneFlow, TwoFlow\./,
  );
});

test('a flow file may be named by its URL', async () => {
  using project = new BundleProject({ 'é #.ts': `${IMPORT}export ${CLASS}` });
  const { href } = pathToFileURL(join(project.folder, 'é #.ts'));
  for (const name of [href, `${href}#OneFlow`])
    assert.equal((await loadFlow(name, project.cache)).flow.name, 'OneFlow');
});
