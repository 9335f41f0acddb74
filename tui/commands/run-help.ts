import {
  configVariables,
  type FlowConfig,
  type FlowParameter,
  kindOf,
  type LoadedFlow,
  optionName,
  variableName,
} from '#core';
import type { Output } from '../output.ts';
import { blocksOf, type HelpEntry, section } from '../plain/help.ts';
import { prose } from '../plain/prose.ts';
import { joined, multiline, type Text, text } from '../plain/text.ts';
import { optionsFor, type RunCommand, type RunOption } from './run-options.ts';
import { PLACEHOLDERS } from './run-parameters.ts';

/** The help of `flow run FILE` or `flow resume FILE`: the flow's parameters, then the options every run has. `usage` is how it was called. */
export function runHelp(
  { graph, parameters, configs }: LoadedFlow,
  { usage, command }: { readonly usage: string; readonly command: RunCommand },
  output: Output,
): Text {
  const doc = graph.doc === undefined ? '' : text`\n${multiline(graph.doc)}`;
  const options = optionsFor(command).filter(isOfUse(configs));
  return blocksOf([
    joined(
      prose(
        `Usage: ${usage}${command === 'resume' ? ' [STEP]' : ''} [--PARAMETER VALUE]... [options]`,
        output,
      ),
      text`\n`,
    ),
    text`${output.paint.strong(graph.flow)}${doc}`,
    section('Configs', configs.map(configEntry), output),
    section('Parameters', parameters.map(parameterEntry), output),
    section('Options', options.map(optionEntry), output),
  ]);
}

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

/** A config as help lists it. */
export function configEntry({ declaration }: FlowConfig): HelpEntry {
  const { help, required, default: file, defaultValue } = declaration.options;
  const value = typeof defaultValue === 'string' ? defaultValue : JSON.stringify(defaultValue);
  const fallback = file ?? value;
  const facts = [
    required ? 'required' : fallback === undefined ? 'no default' : `default: ${fallback}`,
    `or --config-value ${declaration.name} JSON`,
    `env ${configVariables(declaration.name).file}`,
  ];
  return {
    option: `--config ${declaration.name} FILE`,
    text: [...(help === undefined ? [] : [help]), `(${facts.join('; ')})`],
  };
}

function defaultText({ declaration }: FlowParameter): string {
  const fallback = declaration.file ? declaration.file.default : declaration.options.default;
  if (fallback === undefined) return 'no default';
  if (typeof fallback === 'function') return 'default: computed when the run starts';
  return `default: ${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}`;
}

/** A flow without configs has no use for their options. */
const isOfUse =
  (configs: readonly FlowConfig[]) =>
  ({ name }: RunOption): boolean =>
    configs.length > 0 || !name.startsWith('config');

/** An option of `flow run` itself. */
const optionEntry = ({ name, value, help, short, alone }: RunOption): HelpEntry => ({
  option: `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : alone ? `[=${value}]` : ` ${value}`}`,
  text: [help],
});
