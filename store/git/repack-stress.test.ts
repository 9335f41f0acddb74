// Native git repacks a store again and again while it is read and written: every object stays readable.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { ObjectId } from '../ids.ts';
import { Repository } from './repository.ts';
import { fsck, GIT_ENVIRONMENT, scratchRepository, snapshot } from './scratch.ts';

async function native(path: string, args: readonly string[]): Promise<void> {
  const run = spawn('git', ['--git-dir', path, ...args], { env: GIT_ENVIRONMENT, stdio: 'ignore' });
  const [code] = await once(run, 'exit');
  assert.equal(code, 0, `git ${args.join(' ')}`);
}

test('reading and writing go on while git repacks and prunes', { timeout: 120_000 }, async (t) => {
  const repository = scratchRepository(t);
  const reader = Repository.open(repository.path);
  t.after(() => reader.close());
  let repacks = 0;
  let running = true;
  const repacking = (async () => {
    const commands = [
      ['repack', '-adq'],
      ['gc', '--prune=now', '--quiet'],
      ['repack', '-Adq'],
      ['pack-refs', '--all'],
    ];
    for (; running; repacks++) await native(repository.path, commands[repacks % commands.length] ?? []);
  })();
  const written: { id: ObjectId; text: string }[] = [];
  for (let run = 0; repacks < 24 && run < 2000; run++) {
    const texts = Array.from({ length: 10 }, (_, i) => `run ${run} blob ${i} ${'filler '.repeat(50)}`);
    const { objects, blobs, commit } = snapshot(texts);
    const pack = repository.writePack(objects, { sync: false, keep: 'run\n' });
    repository.refs.update(`refs/runs/F/${run}`, { to: commit, from: null });
    repository.unkeep(pack?.name ?? '');
    for (const [i, id] of blobs.entries()) written.push({ id, text: texts[i] ?? '' });
    for (let look = 0; look < 50; look++) {
      const { id, text } = written[Math.floor(Math.random() * written.length)] ?? assert.fail();
      assert.equal((look % 2 ? reader : repository).blob(id).toString(), text);
    }
    await setImmediate();
  }
  running = false;
  await repacking;
  for (const { id, text } of written) assert.equal(reader.blob(id).toString(), text);
  assert.equal(fsck(repository.path), '');
});
