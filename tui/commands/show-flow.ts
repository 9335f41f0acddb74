import { cacheFolder, type Graph, loadFlow, problemsOf, type StepNode, topologicalOrder } from '#core';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { flowDocument } from '../json/show-documents.ts';
import { type Output, sendDocument } from '../output.ts';
import { decoratorsOf, decoratorText } from '../plain/decorators.ts';
import { shortPath } from '../plain/frames.ts';
import { blocksOf, section } from '../plain/help.ts';
import { joined, linesOf, type Text, text } from '../plain/text.ts';
import { plural } from '../plain/words.ts';
import { wrap } from '../plain/wrap.ts';
import { configEntry, parameterEntry } from './run-help.ts';

/** `flow show FILE`: the flow, its parameters, and its steps in topological order with what they say of themselves. */
export async function showFlow(
  file: string,
  { isJson }: { readonly isJson: boolean },
  { out, err, commandLine }: Host,
): Promise<number> {
  const loaded = await loadFlow(file, cacheFolder());
  if (isJson) {
    const problems = (await problemsOf(loaded)).length;
    const shown = [flowDocument(loaded.graph, topologicalOrder(loaded.graph), problems)];
    await sendDocument({ schema: 'oxbow.show/1', shown }, out);
    return EXIT.ok;
  }
  const { graph, parameters, configs } = loaded;
  const blocks = [
    joined([out.paint.strong(graph.flow), ...docLines(graph.doc, '', out)], text`\n`),
    section('Configs', configs.map(configEntry), out),
    section('Parameters', parameters.map(parameterEntry), out),
    joined(
      [out.paint.strong('Steps'), ...topologicalOrder(graph).flatMap((step) => stepLines(step, graph, out))],
      text`\n`,
    ),
  ];
  out.write(blocksOf(blocks));
  const problems = (await problemsOf(loaded)).length;
  if (problems > 0)
    err.write(
      linesOf([text`${err.paint.warn(`${plural(problems, 'problem')}:`)} ${commandLine('check', file)}`]),
    );
  return EXIT.ok;
}

function stepLines(step: StepNode, graph: Graph, output: Output): Text[] {
  const { paint } = output;
  const role = step.join ? ' (join)' : '';
  const place = step.place ? `  ${shortPath(step.place.file)}:${step.place.line}` : '';
  return [
    text`  ${paint.name(step.name)}${role}${paint.faint(place)}`,
    ...decoratorsOf(step).map((one) => text`    ${paint.faint(decoratorText(one))}`),
    ...docLines(step.doc, '    ', output),
    ...transitionLines(step, graph, output).map((line) => text`    ${line}`),
  ];
}

/** Where a step goes, in words. */
function transitionLines(step: StepNode, { steps }: Graph, { paint, glyphs }: Output): Text[] {
  const to = (name: string): Text =>
    text`${glyphs.arrow} ${steps.has(name) ? name : paint.bad(`${name} (no such step)`)}`;
  const about = (words: string): Text => paint.faint(words);
  switch (step.kind) {
    case 'linear':
      return step.next.map(to);
    case 'split':
      return [text`${glyphs.arrow} ${step.next.join(', ')}  ${about('side by side')}`];
    case 'foreach':
      return step.next.map((name) => text`${to(name)}  ${about(`for each of ${step.variable}`)}`);
    case 'switch':
      return (step.cases ?? []).map(({ case: value, step: name }) => {
        const again = name === step.name ? ' (again)' : '';
        return text`${to(name)}${again}  ${about(`when ${step.variable} is ${value}`)}`;
      });
    case 'end':
      return [];
  }
}

const docLines = (doc: string | undefined, indent: string, output: Output): Text[] =>
  doc === undefined
    ? []
    : doc
        .split('\n')
        .flatMap((line) => wrap(line, Math.max(30, output.columns - indent.length)))
        .map((line) => (line === '' ? text`` : text`${indent}${line}`));
