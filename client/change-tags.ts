import { addTag, checkTag, removeTag, TagError } from '#store';
import type { RunState } from './run-state.ts';

/** Tags to take off a run and to put on it. */
export interface TagChange {
  readonly remove?: readonly string[];
  readonly add?: readonly string[];
}

/**
 * Changes the user tags of a run: first removes, then adds. Everything is checked before anything is changed. Each tag
 * is a ref of its own, so processes that change different tags at the same time do not undo each other's work.
 */
export function changeTags(run: RunState, { remove = [], add = [] }: TagChange): void {
  const { record, commit } = run.reader;
  const at = { flow: run.flow, id: run.id, commit };
  for (const tag of [...remove, ...add]) checkTag(tag);
  if (remove.length + add.length === 0)
    throw new TagError('', 'No tag was given: name at least one to add or remove.');
  for (const tag of remove) {
    if (!record.systemTags.includes(tag)) continue;
    throw new TagError(
      tag,
      `Tag ${JSON.stringify(tag)} of run ${run.name} is a system tag and cannot be removed.`,
    );
  }
  const { refs } = run.connection.repository;
  for (const tag of remove) removeTag(refs, at, tag);
  for (const tag of add) if (!record.systemTags.includes(tag)) addTag(refs, at, tag);
}
