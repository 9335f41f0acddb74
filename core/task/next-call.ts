import { TransitionError } from '../errors.ts';
import { foreachLength } from '../flow/foreach.ts';
import type { StepMethod } from '../flow/steps.ts';
import type { TaskArtifacts } from './artifacts.ts';
import { readTransition, type Transition } from './transition.ts';
import type { ResultTransition, StepAhead } from './worker-protocol.ts';

/** What the `this.next(...)` of a task depends on. */
export interface NextCallContext {
  readonly step: string;
  readonly steps: ReadonlyMap<string, StepMethod>;
  readonly flow: object;
  readonly artifacts: TaskArtifacts;
}

/** The one `this.next(...)` of a task. */
export class NextCall {
  readonly #context: NextCallContext;
  #chosen: Transition | undefined;

  constructor(context: NextCallContext) {
    this.#context = context;
  }

  /** Takes the words of the call. Throws TransitionError when they make no sense, or it is not the first. */
  take(words: readonly unknown[]): void {
    const { step, steps, flow } = this.#context;
    if (this.#chosen) {
      const message = `The step "${step}" called this.next a second time. Call it once, at the end of the step.`;
      throw new TransitionError(step, message);
    }
    if (step === 'end') {
      throw new TransitionError(
        step,
        'The step "end" called this.next, but nothing follows it. Remove the call.',
      );
    }
    this.#chosen = readTransition(words, {
      step,
      steps,
      value: (name) => (flow as Record<string, unknown>)[name],
      length: (name) => this.#lengthOf(name),
    });
  }

  /** Goes where the step's source says, unless the step said so itself: its error was taken. Throws TransitionError. */
  takeAhead({ next, variable, cases }: StepAhead = { next: [] }): void {
    if (this.#chosen || next.length === 0) return;
    const method = (name: string) => this.#context.steps.get(name);
    if (cases) {
      const methods = cases.map((one) => [one.case, method(one.step)]);
      this.take([Object.fromEntries(methods), { condition: variable }]);
    } else this.take([...next.map(method), ...(variable === undefined ? [] : [{ foreach: variable }])]);
  }

  /** Where the step said to go, now that it has returned. Throws TransitionError when it did not say. */
  result(): ResultTransition {
    const { step } = this.#context;
    const chosen = this.#chosen;
    if (!chosen) {
      if (step === 'end') return { steps: [] };
      const message =
        `The step "${step}" returned without calling this.next. ` +
        'Call it once at the end, before the step returns, as in this.next(this.end).';
      throw new TransitionError(step, message);
    }
    const { steps, foreach: variable } = chosen;
    return {
      steps,
      ...(chosen.switch ? { switch: chosen.switch } : {}),
      ...(variable === undefined ? {} : { foreach: { variable, numSplits: this.#splitsOf(variable) } }),
    };
  }

  #splitsOf(variable: string): number {
    const length = this.#lengthOf(variable);
    if (length !== undefined) return length;
    const { step } = this.#context;
    const message = `The step "${step}" changed "${variable}" after this.next: it can no longer be iterated. Call this.next last.`;
    throw new TransitionError(step, message);
  }

  #lengthOf(name: string): number | undefined {
    const { artifacts, flow } = this.#context;
    return artifacts.untouchedLength(name) ?? foreachLength((flow as Record<string, unknown>)[name]);
  }
}
