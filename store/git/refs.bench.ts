// What listing and moving refs costs beside native git, measured in the same run on the same disk.
// Run with: node --import tsx store/git/refs.bench.ts
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectId } from '../ids.ts';
import { Repository } from './repository.ts';
import { git, SOMEBODY } from './scratch.ts';
import { report, time } from './stopwatch.ts';

const COUNT = 10_000;
const folder = mkdtempSync(join(tmpdir(), 'oxbow-bench-'));
let made = 0;

function benchRefs(): void {
  const repository = Repository.create(join(folder, 'repository'));
  const id = repository.writeLoose('blob', Buffer.from('x'));
  const names = Array.from({ length: COUNT }, (_, i) => `refs/runs/F/${String(i).padStart(6, '0')}`);
  mkdirSync(join(repository.path, 'refs/runs/F'), { recursive: true });
  for (const name of names) writeFileSync(join(repository.path, name), `${id}\n`);
  for (const kind of ['loose', 'packed']) {
    if (kind === 'packed') git(repository.path, ['pack-refs', '--all']);
    const ours = time(
      1,
      () => Repository.open(repository.path),
      ({ refs }) => refs.names('refs/runs/'),
    );
    const theirs = time(
      1,
      () => ['for-each-ref', '--format=%(refname)', 'refs/runs/'],
      (args) => git(repository.path, args),
    );
    report(`list ${COUNT.toLocaleString('en')} ${kind} refs`, ours, { 'git for-each-ref': theirs });
  }
  const moves = ids(repository, 100);
  const ours = time(
    100,
    () => `refs/heads/r${made++}`,
    (name) => {
      for (const to of moves) repository.refs.update(name, { to });
    },
  );
  const theirs = time(
    10,
    () => `refs/heads/r${made++}`,
    (name) => {
      for (const to of moves.slice(0, 10)) git(repository.path, ['update-ref', name, to]);
    },
  );
  report('move a ref durably', ours, { 'git update-ref': theirs });
}

function ids(repository: Repository, count: number): ObjectId[] {
  const tree = repository.writeLoose('tree', Buffer.alloc(0));
  const who = `${SOMEBODY.name} <${SOMEBODY.email}> 1 +0000`;
  return Array.from({ length: count }, (_, i) =>
    repository.writeLoose('commit', Buffer.from(`tree ${tree}\nauthor ${who}\ncommitter ${who}\n\n${i}\n`)),
  );
}

try {
  benchRefs();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
