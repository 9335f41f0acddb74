import {
  addTag,
  adoptClonedRuns,
  checkTag,
  checkTagCount,
  removeTag,
  requireWritable,
  TagError,
} from '#store';
import type { RunState } from './run-state.ts';

/** Tags to take off a run and to put on it. */
export interface TagChange {
  readonly remove?: readonly string[];
  readonly add?: readonly string[];
}

/**
 * Changes the user tags of a run: first removes, then adds. Everything is checked before anything is changed, and what fails
 * after all undoes what was done. Each tag is a ref of its own, so processes that change different tags at the same time do not
 * undo each other's work. Throws TagError, and NotFoundError when the run has been deleted.
 */
export function changeTags(run: RunState, change: TagChange): void {
  const { systemTags } = run.reader.record;
  const remove = [...new Set(change.remove)];
  const add = [...new Set(change.add)].filter((tag) => !systemTags.includes(tag));
  checkChange(run, change);
  checkCount(run, remove, add);
  run.requireStored();
  requireWritable(run.connection.repository.path);
  adoptClonedRuns(run.connection.repository);
  const undo: (() => void)[] = [];
  try {
    for (const tag of remove) takeOff(run, tag, undo);
    for (const tag of add) putOn(run, tag, undo);
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  }
}

function checkChange(run: RunState, { remove = [], add = [] }: TagChange): void {
  for (const tag of [...remove, ...add]) checkTag(tag);
  if (remove.length + add.length === 0)
    throw new TagError('', 'No tag was given: name at least one to add or remove.');
  const { systemTags } = run.reader.record;
  for (const tag of remove) {
    if (!systemTags.includes(tag)) continue;
    throw new TagError(
      tag,
      `Tag ${JSON.stringify(tag)} of run ${run.name} is a system tag and cannot be removed.`,
    );
  }
}

function checkCount(run: RunState, remove: readonly string[], add: readonly string[]): void {
  const before = run.connection.userTags(run.flow, run.id);
  const after = new Set(before.filter((tag) => !remove.includes(tag)));
  for (const tag of add) after.add(tag);
  checkTagCount(run.name, after, before.length);
}

/** The refs, and where in them a run is. */
function placeOf({ connection, flow, id, reader }: RunState) {
  return { refs: connection.repository.refs, at: { flow, id, commit: reader.commit } };
}

function takeOff(run: RunState, tag: string, undo: (() => void)[]): void {
  const { refs, at } = placeOf(run);
  if (removeTag(refs, at, tag)) undo.push(() => addTag(refs, at, tag));
}

function putOn(run: RunState, tag: string, undo: (() => void)[]): void {
  const { refs, at } = placeOf(run);
  const became = addTag(refs, at, tag);
  if (became === 'gone') run.failDeleted();
  if (became === 'added') undo.push(() => removeTag(refs, at, tag));
}
