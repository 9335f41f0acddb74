import type { ObjectId, WhyRecord } from '#store';
import { TooManySplitsError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { type ChosenTransition, choiceOf, Plan, type TaskKey } from '../graph/plan.ts';
import type { CodeChange } from './judge.ts';
import { fromStep, type MakeTakeover } from './sources.ts';
import type { Verdict } from './takeover.ts';

/** What a run would do with one task, as far as that can be told before it starts. */
export interface PreviewTask extends TaskKey {
  /**
   * `take`: taken over from the run `from`, as `Flow/id`. `run`: executed, because of `why`. `wait`: taken over if what it
   * reads of `after`, as `step/task`, comes out as it was.
   */
  readonly fate: 'take' | 'run' | 'wait';
  readonly from?: string;
  readonly why?: WhyRecord;
  readonly after?: string;
  /** It is taken over although its code has changed: of its step, or code outside of the steps. */
  readonly changed?: CodeChange;
}

/** What a run would do. */
export interface Preview {
  /** In an order in which the tasks could start. */
  readonly tasks: readonly PreviewTask[];
  /** Steps that follow, with tasks that depend on what others will decide. */
  readonly later: readonly string[];
}

/** So many tasks are foretold; of those that follow, only the steps. A recorded foreach within a foreach may say anything. */
const MOST_TASKS = 1_000_000;

/**
 * Foretells what a run takes over and what it executes. Executes nothing and writes nothing. Throws TooManySplitsError, as the run would.
 */
export function previewOf(graph: Graph, makeTakeover: MakeTakeover, maxNumSplits: number): Preview {
  const artifacts = new Map<string, ObjectId>();
  const takeover = makeTakeover(({ step, task }) => artifacts.get(`${step}/${task}`));
  const plan = new Plan(graph);
  const tasks: PreviewTask[] = [];
  const reached = new Set<string>();
  const later = new Set<string>();
  const undecided = new Set<string>();
  const queue = [plan.begin()];
  let isCut = false;
  // A list gives what is added while it is walked.
  for (const planned of queue) {
    const { step, task } = planned;
    reached.add(step);
    const verdict = takeover.verdictOn(planned);
    if ('take' in verdict) artifacts.set(`${step}/${task}`, verdict.take.artifacts);
    tasks.push({ step, task, ...fateOf(verdict) });
    const chosen =
      'take' in verdict ? choiceOf(verdict.take.record.transition) : takeover.choiceBefore(planned);
    const next = chosen ?? choiceIn(graph, step);
    if (next?.numSplits !== undefined && next.numSplits > maxNumSplits)
      throw new TooManySplitsError(step, { splits: next.numSplits, allowed: maxNumSplits });
    for (const following of next ? plan.after(planned, next) : []) {
      isCut = queue.length === MOST_TASKS;
      if (isCut) break;
      queue.push(following);
    }
    if ((!next || isCut) && !undecided.has(step)) {
      undecided.add(step);
      for (const name of fromStep(graph, step)) later.add(name);
    }
  }
  return { tasks, later: [...later].filter((name) => isCut || !reached.has(name)) };
}

function fateOf(verdict: Verdict): Omit<PreviewTask, keyof TaskKey> {
  if ('take' in verdict) {
    const { from, changed } = verdict.take;
    return { fate: 'take', from, ...(changed ? { changed } : {}) };
  }
  if ('why' in verdict) return { fate: 'run', why: verdict.why };
  return { fate: 'wait', after: `${verdict.waitsFor.step}/${verdict.waitsFor.task}` };
}

/** Where a step goes whatever it does; undefined when that is for it to decide. */
function choiceIn(graph: Graph, step: string): ChosenTransition | undefined {
  const node = graph.steps.get(step);
  return !node || node.kind === 'switch' || node.kind === 'foreach' ? undefined : { steps: node.next };
}
