import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ArtifactReader, artifactsByName, type ObjectSource, PackSink, Repository, storeValue } from '#store';
import { ArtifactNameError } from '../errors.ts';
import { TaskArtifacts } from './artifacts.ts';

const folder = mkdtempSync(join(tmpdir(), 'oxbow-artifacts-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const repository = Repository.create(join(folder, '.flow'));

type Values = Record<string, unknown>;

/** A task that inherits these values; notes which objects it reads from the store. */
function taskWith(inherited: Values) {
  const sink = new PackSink();
  const entries = Object.entries(inherited).map(([name, value]) => storeValue(name, value, sink).entry);
  for (const object of sink.take()) repository.hold(object);
  const loaded: string[] = [];
  const names = new Map(entries.map(({ id, name }) => [id, name]));
  const source: ObjectSource = {
    blob(id) {
      loaded.push(names.get(id) ?? 'part');
      return repository.blob(id);
    },
    tree: (id) => repository.tree(id),
    storedBytes: (id) => repository.storedBytes(id),
  };
  const flow: Values = {};
  const artifacts = new TaskArtifacts(
    source,
    flow,
    new Map([
      ['start', 1],
      ['end', 1],
    ]),
  );
  for (const [name, entry] of artifactsByName(entries)) artifacts.inherit(name, entry);
  /** What is saved: entries by name, values by name, and how many objects were made. */
  const save = async () => {
    const made = new PackSink();
    const saved = artifactsByName(await artifacts.save(made));
    const { size } = made;
    for (const object of made.take()) repository.hold(object);
    const values = [...saved].map(([name, entry]) => [name, new ArtifactReader(repository, entry).load()]);
    return { entries: saved, values: Object.fromEntries(values), made: size };
  };
  return { flow, artifacts, loaded, save, entries: artifactsByName(entries) };
}

test('what is not touched is neither read nor written, and keeps its id', async () => {
  const { loaded, save, entries } = taskWith({ a: 1, big: new Float64Array(50_000) });
  const { entries: saved, made } = await save();
  assert.deepEqual(saved, entries);
  assert.equal(made, 0);
  assert.deepEqual(loaded, []);
});

test('what is read is noted with its digest; a read primitive is not written again', async () => {
  const { flow, artifacts, save, entries } = taskWith({ a: 1, b: 'text', c: null });
  assert.deepEqual([flow.a, flow.b, flow.c], [1, 'text', null]);
  assert.deepEqual([...artifacts.reads.keys()], ['a', 'b', 'c']);
  assert.equal(
    artifacts.reads.get('a'),
    new ArtifactReader(repository, entries.get('a') ?? assert.fail()).digest,
  );
  const { entries: saved, made } = await save();
  assert.deepEqual(saved, entries);
  assert.equal(made, 0);
});

test('a value that was read and changed in place is saved as changed; one only read gets the id it had', async () => {
  const { flow, save, entries } = taskWith({ changed: [1], same: { deep: [1] } });
  (flow.changed as number[]).push(2);
  void flow.same;
  const { entries: saved, values } = await save();
  assert.deepEqual(values, { changed: [1, 2], same: { deep: [1] } });
  assert.equal(saved.get('same')?.id, entries.get('same')?.id);
});

test('what is assigned, deleted, or deleted and made anew, is so', async () => {
  const { flow, loaded, save } = taskWith({ a: 1, b: 2, c: 3, d: 4 });
  flow.a = 10;
  delete flow.b;
  delete flow.c;
  flow.c = undefined;
  Object.defineProperty(flow, 'd', { value: 'defined', enumerable: true });
  flow.e = 5;
  assert.deepEqual(loaded, []);
  assert.deepEqual((await save()).values, { a: 10, c: undefined, d: 'defined', e: 5 });
});

test('two reads give one object', async () => {
  const { flow } = taskWith({ a: [1] });
  assert.equal(flow.a, flow.a);
});

test('the length of a list is known without loading it, as long as nobody has touched it', async () => {
  const { flow, artifacts, loaded } = taskWith({ list: [1, 2, 3], number: 7, big: new Float64Array(50_000) });
  assert.equal(artifacts.untouchedLength('list'), 3);
  assert.equal(artifacts.untouchedLength('number'), undefined);
  assert.equal(artifacts.untouchedLength('nope'), undefined);
  assert.equal(artifacts.untouchedLength('big'), 50_000);
  assert.equal(loaded.includes('part'), true, 'value.json of the big one');
  flow.list = [];
  assert.equal(artifacts.untouchedLength('list'), undefined);
});

const NAMES: readonly (readonly [string, RegExp])[] = [
  ['next', /belongs to the flow/],
  ['mergeArtifacts', /belongs to the flow/],
  ['start', /has the name of a step/],
  ['a b', /not an identifier/],
  ['a.json', /not an identifier/],
  ['', /not an identifier/],
  ['1st', /not an identifier/],
];

for (const [name, message] of NAMES) {
  test(`refuses the artifact ${JSON.stringify(name)}`, async () => {
    const { flow, save } = taskWith({});
    flow[name] = 1;
    await assert.rejects(save, (error) => error instanceof ArtifactNameError && message.test(error.message));
  });
}

test('any identifier is a name', async () => {
  const { flow, save } = taskWith({});
  const values = { größe: 1, $: 2, _hidden: 3, toString: 4, hasOwnProperty: 5, 名前: 6, con: 7 };
  Object.assign(flow, values);
  assert.deepEqual((await save()).values, values);
});

test('of a failed task, what can be stored is', async () => {
  const { flow, artifacts } = taskWith({ kept: [1] });
  Object.assign(flow, { good: 1, bad: () => {}, 'odd name': 2 });
  const sink = new PackSink();
  assert.deepEqual([...artifactsByName(artifacts.saveWhatCanBe(sink)).keys()].sort(), ['good', 'kept']);
});

test('symbols and what is not enumerable are no artifacts', async () => {
  const { flow, save } = taskWith({});
  Object.defineProperty(flow, 'hidden', { value: 1, enumerable: false });
  Object.assign(flow, { [Symbol('s')]: 1 });
  assert.deepEqual((await save()).values, {});
});
