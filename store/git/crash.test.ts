// A writer is killed again and again: what it had reported is whole, and git finds nothing wrong, at any moment.
// Run with the word "child", this file is the writer.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ObjectId } from '../ids.ts';
import { Repository } from './repository.ts';
import { fsck, scratchFolder, snapshot } from './scratch.ts';

const REF = 'refs/runs/F/1';

function write(path: string, round: string): void {
  const repository = Repository.create(path);
  for (let i = 0; ; i++) {
    const { objects, commit } = snapshot(
      Array.from({ length: 200 }, (_, n) => `${round} ${i} ${n} ${'x'.repeat(n)}`),
    );
    const pack = repository.writePack(objects, { sync: true, keep: 'run\n' });
    repository.refs.update(REF, { to: commit });
    repository.writeLoose('blob', Buffer.from(`loose ${round} ${i}`));
    repository.unkeep(pack?.name ?? '');
    writeSync(1, `${commit}\n`); // Reported: must not be lost from here on.
  }
}

async function killAfter(milliseconds: number, args: readonly string[]): Promise<string[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', import.meta.filename, 'child', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), milliseconds);
    output += text;
  });
  await once(child, 'close');
  return output.split('\n').slice(0, -1);
}

function main(): void {
  test('kill -9 loses nothing that was reported and tears nothing', { timeout: 120_000 }, async (t) => {
    const path = join(scratchFolder(t), 'store');
    for (let round = 0; round < 6; round++) {
      const reported = await killAfter(20 + Math.random() * 60, [path, `${round}`]);
      assert.ok(reported.length > 0);
      assert.equal(fsck(path), '');
      const repository = Repository.open(path);
      for (const commit of reported) {
        for (const { id } of repository.tree(repository.commit(commit as ObjectId).tree)) repository.blob(id);
      }
      const current = repository.refs.read(REF);
      assert.ok(current !== undefined && repository.has(current));
      assert.ok(current === reported.at(-1) || !reported.includes(current), 'the ref went back');
      // A lock that it held when it was killed is no obstacle.
      repository.refs.update(REF, { to: current });
      repository.close();
    }
  });
}

const [, , role, path = '', round = ''] = process.argv;
if (role === 'child') write(path, round);
else main();
