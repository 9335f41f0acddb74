import type { Problem } from '../errors.ts';
import { policyOf } from '../flow/step-policy.ts';
import type { Graph, StepNode } from './graph.ts';

/** What is wrong with the decorators of a flow's steps that each of them alone does not show. */
export function* decorators({ noSteps = new Map(), steps }: Graph): Iterable<Problem> {
  for (const [name, list] of noSteps) {
    const marks = list.map((one) => `@${one}`).join(' and ');
    yield { check: 'decorators', message: `The method "${name}" has ${marks} but is no step. Add @step.` };
  }
  for (const node of steps.values()) {
    for (const message of problemsOfCatch(node, steps)) {
      yield { check: 'decorators', message, step: node.name, ...(node.place ? { place: node.place } : {}) };
    }
  }
}

function* problemsOfCatch(node: StepNode, steps: Graph['steps']): Iterable<string> {
  const { catches } = policyOf(node.decorators);
  if (!catches) return;
  if (node.kind === 'foreach' || node.kind === 'switch') {
    const choice = node.kind === 'foreach' ? 'splits with foreach' : 'switches';
    yield `@catchError cannot be used on step "${node.name}" because it ${choice}: after an error the next step would be unknown. ` +
      'Move the code that can fail into an earlier step.';
  }
  if (catches.var !== undefined && steps.has(catches.var))
    yield `@catchError on step "${node.name}" has the var "${catches.var}", which is the name of a step. Use another name.`;
}
