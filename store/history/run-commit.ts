import { hostname } from 'node:os';
import type { Commit, Signature } from '../git/commit.ts';
import type { Digest, ObjectId } from '../ids.ts';
import { timeStamp } from '../time-stamp.ts';
import type { RunRecord } from './schema.ts';

/** The commit of a run: its tree, and in the message how far it is and what it used of other runs. */
export function runCommit(
  { flow, id, status, createdAt, user, origin, spinOf }: RunRecord,
  tree: ObjectId,
  uses: Iterable<readonly [string, Digest]>,
): Commit {
  const at = (time: number): Signature => ({
    // git has no way to escape these in a name.
    name: user.replace(/[<>\n\0]/g, '') || 'unknown',
    email: `${user}@${hostname()}`.replace(/[<>\s\0]/g, ''),
    seconds: Math.floor(time / 1000),
    zone: '+0000',
  });
  const trailers = [
    ...(origin ? [`Origin: ${origin}`] : []),
    ...(spinOf ? [`Spin: ${spinOf}`] : []),
    ...[...uses].sort().map(([address, digest]) => `Uses: ${address} ${digest}`),
  ];
  const message = [
    `${flow}/${id}: ${status}\n`,
    ...(trailers.length > 0 ? [`${trailers.join('\n')}\n`] : []),
  ].join('\n');
  return { tree, parents: [], author: at(Date.parse(createdAt)), committer: at(timeStamp()), message };
}
