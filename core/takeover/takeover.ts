import type { WhyRecord } from '#store';
import { type ChosenTransition, choiceOf, type PlannedTask, type TaskKey } from '../graph/plan.ts';
import type { EarlierRun } from './earlier-run.ts';
import { isLegal, judge, type Rules } from './judge.ts';
import type { Present } from './present.ts';
import { type Taken, takenFrom } from './remade.ts';

/** A task that need not be executed. */
export interface TakenOver extends Taken {
  /** The run it comes from, as `Flow/id`. */
  readonly from: string;
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
   * Throws RecordError when an earlier run is damaged.
   */
  verdictOn(planned: PlannedTask): Verdict {
    let against: Exclude<Verdict, { take: unknown }> | undefined;
    for (const earlier of this.#runs) {
      const present = this.#present;
      const judgement = judge(planned, { earlier, present, rules: this.#rules });
      if ('take' in judgement) {
        const taken = takenFrom(judgement.take, planned, { earlier, present });
        return { take: { ...taken, from: earlier.name } };
      }
      if (!against || nearnessOf(judgement) > nearnessOf(against)) against = judgement;
    }
    return against ?? { why: { kind: 'never-ran' } };
  }

  /** Where a task went in the newest run that has it, if the flow still allows that: what it will do when it is executed again, as far as one can tell. */
  choiceBefore(planned: TaskKey): ChosenTransition | undefined {
    const record = this.#runs.map((earlier) => earlier.task(planned)?.record).find((record) => record);
    const node = this.#rules.graph.steps.get(planned.step);
    const isKnown = record?.status === 'successful' && node && isLegal(node, record.transition);
    return isKnown ? choiceOf(record.transition) : undefined;
  }
}

/** How near a task came to being taken over: reasons are looked at in this order. */
const ORDER: readonly WhyRecord['kind'][] = [
  ...(['never-ran', 'killed', 'failed', 'opted-out', 'caught', 'uses', 'step-code', 'shared-code'] as const),
  ...(['transition', 'inputs', 'names', 'constant', 'parameter', 'artifact', 'asked'] as const),
];

const nearnessOf = (judgement: Exclude<Verdict, { take: unknown }>): number =>
  'why' in judgement ? ORDER.indexOf(judgement.why.kind) : ORDER.length;
