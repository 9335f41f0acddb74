import { type FlowParameter, type LoadedFlow, optionName, variableName } from '#core';
import type { Output } from '../output.ts';
import { shown } from '../plain/exception.ts';
import { pad, widthOf } from '../plain/width.ts';
import { wrap } from '../plain/wrap.ts';
import { kindOf } from './parameter-kind.ts';
import { RUN_OPTIONS, type RunOption } from './run-options.ts';
import { PLACEHOLDERS } from './run-parameters.ts';

/** The help of `flow run FILE`: the flow's parameters, then the options every run has. `usage` is how it was called. */
export function runHelp({ graph, parameters }: LoadedFlow, usage: string, output: Output): string {
  const doc = graph.doc === undefined ? '' : `\n${shown(graph.doc, output)}`;
  const blocks = [
    `Usage: ${usage} [--PARAMETER VALUE]... [options]`,
    `${output.paint.strong(graph.flow)}${doc}`,
    section('Parameters', parameters.map(parameterEntry), output),
    section('Options', RUN_OPTIONS.map(optionEntry), output),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** An option and the lines that explain it. */
export interface HelpEntry {
  readonly option: string;
  readonly text: readonly string[];
}

/** Options in one column and what they mean in another; below each other where the terminal is narrow. */
export function section(title: string, entries: readonly HelpEntry[], output: Output): string {
  if (entries.length === 0) return '';
  const widest = Math.max(...entries.map(({ option }) => widthOf(option)));
  const indent = Math.min(widest + 4, 32);
  const isNarrow = output.columns - indent < NARROWEST;
  const left = isNarrow ? 6 : indent;
  const lines = entries.flatMap(({ option, text }) => {
    const wrapped = text.flatMap((line) => wrap(line, Math.max(NARROWEST, output.columns - left)));
    const head = `  ${output.paint.name(option)}`;
    const beside = !isNarrow && widthOf(option) + 4 <= indent && wrapped.length > 0;
    const first = beside ? [`${pad(head, left)}${wrapped[0]}`] : [head, ...wrapped.slice(0, 1).map(indented)];
    return [...first, ...wrapped.slice(1).map(indented)];
  });
  return [output.paint.strong(title), ...lines].join('\n');

  function indented(line: string): string {
    return ' '.repeat(left) + line;
  }
}

const NARROWEST = 30;

/** A parameter as help lists it: how to give it, what it is for, its default and environment variable. */
export function parameterEntry(parameter: FlowParameter): HelpEntry {
  const { field, declaration } = parameter;
  const { help, required } = declaration.options;
  const kind = kindOf(parameter);
  const name = optionName(field);
  const facts = [
    required ? 'required' : defaultText(parameter),
    kind === 'list' ? `separated by ${JSON.stringify(declaration.options.separator)}, may be repeated` : '',
    `env ${variableName(field)}`,
  ];
  return {
    option: kind === 'boolean' ? `--${name}, --no-${name}` : `--${name} ${PLACEHOLDERS[kind]}`,
    text: [...(help === undefined ? [] : [help]), `(${facts.filter((fact) => fact !== '').join('; ')})`],
  };
}

function defaultText({ declaration }: FlowParameter): string {
  const fallback = declaration.file ? declaration.file.default : declaration.options.default;
  if (fallback === undefined) return 'no default';
  if (typeof fallback === 'function') return 'default: computed when the run starts';
  return `default: ${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}`;
}

/** An option of `flow run` itself. */
const optionEntry = ({ name, value, help, short }: RunOption): HelpEntry => ({
  option: `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
  text: [help],
});
