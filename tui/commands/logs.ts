import type { StoreClient, Task } from '#client';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import type { Output } from '../output.ts';
import { logLine } from '../plain/escape.ts';
import { shown, titleOf, traceOf } from '../plain/exception.ts';
import type { ReadOptions } from '../read-options.ts';
import { UsageError } from '../usage.ts';
import { clientFor } from './open.ts';
import { sourcesOf } from './show-run.ts';

/** Options of `flow logs`. */
export interface LogsOptions extends ReadOptions {
  readonly stdout?: true;
  readonly stderr?: true;
}

/**
 * `flow logs ADDRESS`: what the tasks wrote, task by task in the order of the graph, the lines of each in the order they came.
 * Lines of several tasks have `[step/task]` before them. A program that asks for one task gets its bytes as they are.
 */
export async function logs(address: string, options: LogsOptions, { out, err }: Host): Promise<number> {
  const tasks = clientFor(options).resolveAll(address).flatMap(tasksOf);
  const [only] = tasks;
  const stream = options.stdout === options.stderr ? undefined : options.stdout ? 'stdout' : 'stderr';
  if (only && tasks.length === 1) {
    if (out.isTerminal) writeLines(only, stream, { output: out, prefix: '' });
    else out.write(rawLog(only, stream));
    tellException(only, err);
    return EXIT.ok;
  }
  for (const task of tasks) {
    const prefix = `${out.paint.faint(`[${task.parent.id}/${task.id}]`)} `;
    writeLines(task, stream, { output: out, prefix });
  }
  return EXIT.ok;
}

function tasksOf(found: ReturnType<StoreClient['resolveAll']>[number]): Task[] {
  switch (found.kind) {
    case 'run':
      return found.steps().flatMap((step) => step.tasks());
    case 'step':
      return found.tasks();
    case 'task':
      return [found];
    case 'artifact':
      throw new UsageError(`${found.pathspec} is an artifact, and only tasks have logs.`, [
        `flow cat ${found.pathspec}`,
      ]);
  }
}

type LogStream = 'stdout' | 'stderr' | undefined;

function writeLines(
  task: Task,
  stream: LogStream,
  { output, prefix }: { readonly output: Output; readonly prefix: string },
): void {
  const lines = task.logLines(stream).map(({ text }) => {
    const safe = output.isTerminal ? logLine(text, output.isColoured) : text;
    return `${prefix}${safe}\n`;
  });
  output.write(lines.join(''));
}

/** One stream as it is; both in the order in which their lines began. */
function rawLog(task: Task, stream: LogStream): string {
  const { stdout, stderr } = task;
  if (stream !== undefined) return stream === 'stdout' ? stdout : stderr;
  if (stdout === '' || stderr === '') return stdout + stderr;
  return task
    .logLines()
    .map(({ text }) => `${text}\n`)
    .join('');
}

/** What made a task fail is in no log, but is what its reader looks for. */
function tellException(task: Task, err: Output): void {
  const { exception } = task;
  if (!exception) return;
  const title = `${err.paint.bad(`${task.parent.id}/${task.id} failed:`)} ${err.paint.strong(shown(titleOf(exception), err))}`;
  err.write(`${[title, ...traceOf(exception, sourcesOf(task.parent.parent), err)].join('\n')}\n`);
}
