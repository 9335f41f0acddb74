import { OxbowError, type TaskRecord, type WhyRecord } from '#store';
import { type ChosenTransition, choiceOf, type PlannedTask, type TaskKey } from '../graph/plan.ts';
import type { EarlierRun } from './earlier-run.ts';
import { type CodeChange, codeChange, isLegal, judge, type Rules } from './judge.ts';
import type { Present } from './present.ts';
import { type Taken, takenFrom } from './remade.ts';

/** A task that need not be executed. */
export interface TakenOver extends Taken {
  /** The run it comes from, as `Flow/id`. */
  readonly from: string;
  /** Its code has changed since. */
  readonly changed?: CodeChange;
}

/** What is done with a planned task. */
export type Verdict =
  | { readonly take: TakenOver }
  | { readonly why: WhyRecord }
  | { readonly waitsFor: TaskKey };

/** Decides, task by task, what a run takes over from earlier runs and what it executes. */
export class Takeover {
  /** Newest first. */
  readonly #runs: readonly EarlierRun[];
  readonly #present: Present;
  readonly #rules: Rules;

  constructor(runs: readonly EarlierRun[], present: Present, rules: Rules) {
    this.#runs = runs;
    this.#present = present;
    this.#rules = rules;
  }

  /**
   * Judges a task whose inputs have all finished. The reason to execute it is that of the run that comes nearest, the newest of these.
   * What is damaged in an earlier run is not taken over.
   */
  verdictOn(planned: PlannedTask): Verdict {
    let against: Exclude<Verdict, { take: unknown }> | undefined;
    for (const earlier of this.#runs) {
      const verdict = this.#verdictBy(earlier, planned);
      if ('take' in verdict) return verdict;
      if (!against || nearnessOf(verdict) > nearnessOf(against)) against = verdict;
    }
    return against ?? { why: { kind: 'never-ran' } };
  }

  #verdictBy(earlier: EarlierRun, planned: PlannedTask): Verdict {
    const present = this.#present;
    try {
      const judgement = judge(planned, { earlier, present, rules: this.#rules });
      if (!('take' in judgement)) return judgement;
      const taken = takenFrom(judgement.take, planned, { earlier, present });
      // Runs of long ago did not record their code.
      const changed =
        taken.record.code === undefined ? undefined : codeChange(taken.record, this.#rules.code);
      return { take: { ...taken, from: earlier.name, ...(changed ? { changed } : {}) } };
    } catch (error) {
      if (!(error instanceof OxbowError)) throw error;
      return { why: { kind: 'damaged', of: `${earlier.name}/${planned.step}/${planned.task}` } };
    }
  }

  /** Where a task went in the newest run that has it, if the flow still allows that: what it will do when it is executed again, as far as one can tell. */
  choiceBefore(planned: TaskKey): ChosenTransition | undefined {
    const record = this.#runs.map((earlier) => recordIn(earlier, planned)).find((record) => record);
    const node = this.#rules.graph.steps.get(planned.step);
    const isKnown = record?.status === 'successful' && node && isLegal(node, record.transition);
    return isKnown ? choiceOf(record.transition) : undefined;
  }
}

/** The record of a task; undefined when there is none, or none that can be read. */
function recordIn(earlier: EarlierRun, planned: TaskKey): TaskRecord | undefined {
  try {
    return earlier.task(planned)?.record;
  } catch (error) {
    if (error instanceof OxbowError) return undefined;
    throw error;
  }
}

/** How near a task came to being taken over: reasons are looked at in this order. */
const ORDER: readonly WhyRecord['kind'][] = [
  ...([
    'damaged',
    'never-ran',
    'killed',
    'failed',
    'opted-out',
    'caught',
    'uses',
    'step-code',
    'shared-code',
  ] as const),
  ...(['transition', 'inputs', 'names', 'constant', 'parameter', 'artifact', 'asked'] as const),
];

const nearnessOf = (judgement: Exclude<Verdict, { take: unknown }>): number =>
  'why' in judgement ? ORDER.indexOf(judgement.why.kind) : ORDER.length;
