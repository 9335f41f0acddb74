import { cacheFolder, type Graph, loadFlow, problemsOf, type StepNode, topologicalOrder } from '#core';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import type { Output } from '../output.ts';
import { decoratorsOf, decoratorText } from '../plain/decorators.ts';
import { shown } from '../plain/exception.ts';
import { shortPath } from '../plain/frames.ts';
import { section } from '../plain/help.ts';
import { plural } from '../plain/words.ts';
import { wrap } from '../plain/wrap.ts';
import { configEntry, parameterEntry } from './run-help.ts';

/** `flow show FILE`: the flow, its parameters, and its steps in topological order with what they say of themselves. */
export async function showFlow(file: string, { out, err, commandLine }: Host): Promise<number> {
  const loaded = await loadFlow(file, cacheFolder());
  const { graph, parameters, configs } = loaded;
  const blocks = [
    [out.paint.strong(graph.flow), ...docLines(graph.doc, '', out)].join('\n'),
    section('Configs', configs.map(configEntry), out),
    section('Parameters', parameters.map(parameterEntry), out),
    [
      out.paint.strong('Steps'),
      ...topologicalOrder(graph).flatMap((step) => stepLines(step, graph, out)),
    ].join('\n'),
  ];
  out.write(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
  const problems = (await problemsOf(loaded)).length;
  if (problems > 0)
    err.write(`${err.paint.warn(`${plural(problems, 'problem')}:`)} ${commandLine('check', file)}\n`);
  return EXIT.ok;
}

function stepLines(step: StepNode, graph: Graph, output: Output): string[] {
  const { paint } = output;
  const role = step.join ? ' (join)' : '';
  const place = step.place ? `  ${shortPath(step.place.file)}:${step.place.line}` : '';
  return [
    `  ${paint.name(step.name)}${role}${paint.faint(shown(place, output))}`,
    ...decoratorsOf(step).map((one) => `    ${paint.faint(shown(decoratorText(one), output))}`),
    ...docLines(step.doc, '    ', output),
    ...transitionLines(step, graph, output).map((line) => `    ${line}`),
  ];
}

/** Where a step goes, in words. */
function transitionLines(step: StepNode, { steps }: Graph, { paint, glyphs }: Output): string[] {
  const to = (name: string): string =>
    `${glyphs.arrow} ${steps.has(name) ? name : paint.bad(`${name} (no such step)`)}`;
  const about = (text: string): string => paint.faint(text);
  switch (step.kind) {
    case 'linear':
      return step.next.map(to);
    case 'split':
      return [`${glyphs.arrow} ${step.next.join(', ')}  ${about('side by side')}`];
    case 'foreach':
      return step.next.map((name) => `${to(name)}  ${about(`for each of ${step.variable}`)}`);
    case 'switch':
      return (step.cases ?? []).map(({ case: value, step: name }) => {
        const again = name === step.name ? ' (again)' : '';
        return `${to(name)}${again}  ${about(`when ${step.variable} is ${value}`)}`;
      });
    case 'end':
      return [];
  }
}

const docLines = (doc: string | undefined, indent: string, output: Output): string[] =>
  doc === undefined
    ? []
    : doc
        .split('\n')
        .flatMap((line) => wrap(shown(line, output), Math.max(30, output.columns - indent.length)))
        .map((line) => (line === '' ? '' : indent + line));
