import type { ObjectId } from '../ids.ts';
import type { TaskRecord } from './schema.ts';

/**
 * What stands for a task in `outputs/`: the tree of its artifacts when these are all there is to compare, and its own tree when it failed or
 * caught an error. Undefined when its artifacts are not known.
 */
export const outputOf = (
  { status, exception }: Pick<TaskRecord, 'status' | 'exception'>,
  tree: ObjectId,
  artifacts: ObjectId | undefined,
): ObjectId | undefined =>
  artifacts === undefined || (status === 'successful' && exception === undefined) ? artifacts : tree;
