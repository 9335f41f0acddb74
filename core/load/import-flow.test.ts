import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BundleProject } from './bundle-project.ts';
import { importFlow } from './import-flow.ts';

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
