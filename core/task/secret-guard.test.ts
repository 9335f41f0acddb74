import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PackSink, Repository } from '#store';
import { ArtifactNameError } from '../errors.ts';
import { artifactFile } from '../flow/artifact-file.ts';
import { Secrets } from '../flow/secrets.ts';
import { TaskArtifacts } from './artifacts.ts';

const folder = mkdtempSync(join(tmpdir(), 'oxbow-secret-guard-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const repository = Repository.create(join(folder, '.flow'));

const SECRET = 'hunter2-and-more';
const secrets = new Secrets([SECRET]);

const file = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const around = (bytes: number): Buffer =>
  Buffer.concat([Buffer.alloc(bytes, 'some text '), Buffer.from(SECRET), randomBytes(bytes)]);

/** What no walk over its members finds. */
const HOLDERS: Readonly<Record<string, () => unknown>> = {
  'a getter': () => ({
    get token() {
      return SECRET;
    },
  }),
  'a proxy': () => new Proxy({ token: '' }, { get: (_, name) => (name === 'token' ? SECRET : undefined) }),
  'behind many others': () => [...new Array(150_000).keys(), SECRET],
  'a long text': () => [...new Array(150_000).keys(), `${'words '.repeat(20_000)}${SECRET}`],
  'a file': () => artifactFile(file('small', around(100))),
  'a large file': () => artifactFile(file('large', around(300_000))),
  'a stream': () =>
    artifactFile(
      (async function* () {
        yield around(50_000).subarray(0, 50_008);
        yield around(50_000).subarray(50_008);
      })(),
      { name: 'stream' },
    ),
};

for (const [what, make] of Object.entries(HOLDERS))
  test(`a secret is not stored: ${what}`, async () => {
    const flow = { before: 1, holder: make() };
    const artifacts = new TaskArtifacts(repository, flow, new Map(), secrets);
    const sink = new PackSink();
    await assert.rejects(
      artifacts.save(sink),
      (error) =>
        error instanceof ArtifactNameError && /"holder" holds .*secret parameter/.test(error.message),
    );
  });

test('what holds no secret is stored as it is without a guard', async () => {
  const flow = {
    text: 'hunter2-and-mor',
    bytes: around(50_000).subarray(0, 50_000),
    file: artifactFile(file('harmless', Buffer.alloc(300_000, 'some text '))),
  };
  const [guarded, plain] = await Promise.all(
    [secrets, undefined].map((given) =>
      new TaskArtifacts(repository, flow, new Map(), given).save(new PackSink()),
    ),
  );
  assert.deepEqual(guarded, plain);
});
