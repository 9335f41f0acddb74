// One of several processes that store large values in the store given: worker-sink.test.ts starts them.
import { createHash } from 'node:crypto';
import { ArtifactReader, Repository, storeValue } from '#store';
import { WorkerSink } from './worker-sink.ts';

const repository = Repository.open(process.argv[2] ?? '');
for (let round = 0; round < 3; round++) {
  const sink = new WorkerSink(repository, 'x');
  const value = Uint32Array.from({ length: 4.5e6 }, (_, i) => Math.imul(i, 2654435761) + round);
  const { entry } = storeValue('x', value, sink);
  sink.takePacks();
  repository.writePack(sink.take(), { sync: true });
  const back = new ArtifactReader(Repository.open(repository.path), entry).load() as Uint32Array;
  const [a, b] = [value, back].map((list) => createHash('sha1').update(list).digest('hex'));
  if (a !== b) throw new Error(`Round ${round} came back changed.`);
}
// The threads that helped do not keep the process alive.
console.log('done');
