import type { Graph, StepNode } from './graph.ts';
import type { NextForm } from './method-source.ts';

/**
 * A graph written down step by step; only tests use it. What follows a step: `a`, `a b` (split), `a foreach list`,
 * `yes:a no:b switch verdict`, or nothing; `inputs` before it makes it a join.
 */
export function graphIn(notation: Readonly<Record<string, string>>): Graph {
  const steps = Object.entries(notation).map(([name, text]) => [name, nodeOf(name, text)] as const);
  return { flow: 'TestFlow', steps: new Map(steps) };
}

function nodeOf(name: string, text: string): StepNode {
  const words = text.split(' ').filter((word) => word !== '');
  const join = words[0] === 'inputs';
  if (join) words.shift();
  const form = formOf(words);
  return {
    name,
    join,
    arity: join ? 1 : 0,
    calls: form ? [{ form, offset: 0 }] : [],
    options: {},
    decorators: [],
    placeOf: () => undefined,
    ...transitionOf(form),
  };
}

function formOf(words: readonly string[]): NextForm | undefined {
  const [first, how, variable = ''] = words;
  if (first === undefined) return undefined;
  if (how === 'foreach') return { kind: 'foreach', step: first, variable };
  const at = words.indexOf('switch');
  if (at < 0) return { kind: 'steps', steps: words };
  const cases = words.slice(0, at).map((word) => {
    const [name = '', step = ''] = word.split(':');
    return { case: name, step };
  });
  return { kind: 'switch', variable: words[at + 1] ?? '', cases };
}

function transitionOf(form: NextForm | undefined): Pick<StepNode, 'kind' | 'next' | 'variable' | 'cases'> {
  if (form?.kind === 'steps') return { kind: form.steps.length > 1 ? 'split' : 'linear', next: form.steps };
  if (form?.kind === 'foreach') return { kind: 'foreach', next: [form.step], variable: form.variable };
  if (form?.kind !== 'switch') return { kind: 'end', next: [] };
  const next = [...new Set(form.cases.map(({ step }) => step))];
  return { kind: 'switch', next, variable: form.variable, cases: form.cases };
}
