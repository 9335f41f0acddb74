import type { Task } from '#client';
import type { Output } from '../output.ts';
import { titleText, traceOf } from '../plain/exception.ts';
import { linesOf, text } from '../plain/text.ts';
import { sourcesOf } from './show-run.ts';

/** What made a task fail is in no log, but is what its reader looks for. */
export function tellException(task: Task, err: Output): void {
  const { exception } = task;
  if (!exception) return;
  const title = text`${err.paint.bad(`${task.parent.id}/${task.id} failed:`)} ${err.paint.strong(titleText(exception, err))}`;
  err.write(linesOf([title, ...traceOf(exception, sourcesOf(task.parent.parent), err)]));
}
