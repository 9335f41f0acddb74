import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BundleProject } from './bundle-project.ts';
import { loadFlow } from './load-flow.ts';

const project = new BundleProject({
  'flow.ts':
    "import { Config, FlowSpec, retry, step, timeout, withConfig } from 'oxbow';\n" +
    'export default class DecidedFlow extends FlowSpec {\n' +
    "  myCfg = Config('cfg', { defaultValue: { retries: 1, seconds: 5 } });\n" +
    "  @withConfig('cfg', (cfg) => retry({ times: cfg.retries }))\n" +
    "  @withConfig('cfg', (cfg) => cfg.seconds ? timeout({ seconds: cfg.seconds }) : undefined)\n" +
    '  @step start() { this.next(this.end); }\n' +
    '  @step end() {}\n}\n',
  'wrong.ts':
    "import { Config, FlowSpec, retry, step, withConfig } from 'oxbow';\n" +
    'export default class WrongFlow extends FlowSpec {\n' +
    "  cfg = Config('cfg', { defaultValue: { retries: -1 } });\n" +
    "  @withConfig('cfg', (cfg) => retry({ times: cfg.retries }))\n" +
    '  @step start() { this.next(this.a); }\n' +
    "  @withConfig('nope', () => undefined)\n" +
    '  @step a() { this.next(this.end); }\n' +
    "  @retry @withConfig('cfg', () => retry({ times: 2 }))\n" +
    '  @step end() {}\n}\n',
});
after(() => project[Symbol.dispose]());

const surroundings = { environment: {}, folder: project.folder };
const decorators = async (configs: Readonly<Record<string, unknown>>) => {
  const { graph } = await loadFlow(`${project.folder}/flow.ts`, project.cache, { configs, surroundings });
  return graph.steps.get('start')?.decorators.map(({ name, options }) => [name, options]);
};

test('a config decides on decorators, each time the flow is loaded', async () => {
  assert.deepEqual(await decorators({}), [
    ['retry', { times: 1, minutesBetweenRetries: 2 }],
    ['timeout', { seconds: 5 }],
  ]);
  assert.deepEqual(await decorators({ cfg: { retries: 4 } }), [
    ['retry', { times: 4, minutesBetweenRetries: 2 }],
  ]);
  assert.deepEqual(await decorators({ cfg: '{' }), []);
});

test('what a config decides wrongly is told with the step', async () => {
  const { problems } = await loadFlow(`${project.folder}/wrong.ts`, project.cache, { surroundings });
  const told = problems.map(({ message, place }) => `${place?.line} ${message}`);
  assert.match(String(told[0]), /^5 @withConfig on step "start" fails with the config "cfg": .*times/);
  assert.match(String(told[1]), /^7 @withConfig on step "a" names the config "nope", .* Its configs: cfg\./);
  assert.match(String(told[2]), /^9 @retry stands on step "end" twice/);
  assert.equal(told.length, 3);
});
