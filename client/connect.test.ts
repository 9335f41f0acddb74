import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { connect } from './connect.ts';
import { Flow, Flows, Run } from './default.ts';
import { FixtureStore } from './fixture-store.ts';
import { defaultNamespace, getNamespace, namespace } from './namespace.ts';

const home = process.cwd();
afterEach(() => {
  process.chdir(home);
  delete process.env.FLOW_STORE;
  delete process.env.OXBOW_USER;
  defaultNamespace();
});

test('the default client reads the nearest store upward, wherever the script stands now', (t) => {
  const [one, two] = [FixtureStore.for(t), FixtureStore.for(t)];
  one.run({ flow: 'One' });
  two.run({ flow: 'Two' });
  namespace(null);
  mkdirSync(join(one.folder, 'deep', 'er'), { recursive: true });
  process.chdir(join(one.folder, 'deep', 'er'));
  assert.deepEqual(Flows().map(String), ['One']);
  const opened = Run('One');
  process.chdir(two.folder);
  assert.deepEqual(Flows().map(String), ['Two']);
  assert.equal(opened.status, 'successful', 'what was opened stays with its store');
  process.env.FLOW_STORE = one.path;
  assert.deepEqual(Flows().map(String), ['One']);
});

test('a client can be bound to a store', (t) => {
  const store = FixtureStore.for(t);
  store.run({ user: 'bob' });
  const client = connect({ store: store.path, namespace: 'user:bob' });
  assert.equal(client.store, store.path);
  namespace('user:alice');
  assert.equal(client.Flow('ForeachFlow').runs().length, 1);
  assert.throws(() => connect({ store: store.path }).Flow('ForeachFlow'), { code: 'NamespaceError' });
});

test('without a store there is an error that says what to do', (t) => {
  const empty = mkdtempSync(join(tmpdir(), 'oxbow-none-'));
  t.after(() => rmSync(empty, { recursive: true, force: true }));
  process.chdir(empty);
  assert.throws(() => Flow('F'), { code: 'NoStoreError', message: /Run a flow here first/ });
  assert.throws(() => connect({ store: join(empty, 'no') }), { code: 'NoStoreError' });
});

test('the namespace follows the user until one is chosen', (t) => {
  const store = FixtureStore.for(t);
  const bobs = store.run({ user: 'bob' });
  const carols = store.run({ user: 'carol' });
  process.chdir(store.folder);
  process.env.OXBOW_USER = 'bob';
  assert.equal(getNamespace(), 'user:bob');
  const flow = Flow('ForeachFlow');
  assert.equal(flow.latestRun.id, bobs);
  assert.equal(namespace('user:carol'), 'user:carol');
  assert.equal(flow.latestRun.id, carols);
  assert.equal(namespace(null), null);
  assert.equal(flow.runs().length, 2);
  assert.equal(defaultNamespace(), 'user:bob');
  assert.equal(flow.runs().length, 1);
});

test('names that no file can have are of nothing, whatever they are', (t) => {
  const store = FixtureStore.for(t);
  store.run({ flow: 'F' });
  const client = connect({ store: store.path, namespace: null });
  for (const odd of [
    '..',
    '../..',
    'a/../b',
    '\0',
    'a\0b',
    'x'.repeat(300),
    'y'.repeat(5000),
    '.lock',
    '@{',
    '\ud800',
  ]) {
    const told = { code: /^(?:NotFoundError|AddressError|ArgumentError)$/ };
    assert.throws(() => client.Flow(odd).latestRun, told, JSON.stringify(odd.slice(0, 20)));
    assert.throws(() => client.Run(`F/${odd}`), told);
    assert.throws(() => client.Step(`F/latest/${odd}`), told);
    assert.throws(() => client.Task(`F/latest/start/${odd}`), told);
  }
  for (const odd of ['\0', 'x'.repeat(300), 'y'.repeat(5000)])
    assert.throws(() => connect({ store: odd }), { code: 'NoStoreError' });
});
