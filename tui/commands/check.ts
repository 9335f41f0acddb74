import { cacheFolder, type LoadedFlow, lint, loadFlow } from '#core';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { shortPath } from '../plain/frames.ts';
import { prose } from '../plain/prose.ts';
import { plural } from '../plain/words.ts';

type Problem = ReturnType<typeof lint>[number];

/** `flow check FILE`: tells every problem of a flow as `file:line: sentence`, or that there is none. */
export async function check(file: string, { out, err }: Host): Promise<number> {
  const found = await problemsOf(file);
  if (found.problems.length === 0) {
    out.write(`${found.summary}\n`);
    return EXIT.ok;
  }
  for (const { place, message } of found.problems) {
    const where = place ? `${shortPath(place.file)}:${place.line}` : file;
    const [first = '', ...rest] = prose(`${where}: ${message}`, out);
    out.write(`${[first.replace(where, out.paint.name), ...rest].join('\n')}\n`);
  }
  err.write(`${err.paint.bad(plural(found.problems.length, 'problem'))}\n`);
  return EXIT.no;
}

async function problemsOf(
  file: string,
): Promise<{ readonly problems: readonly Problem[]; readonly summary: string }> {
  let loaded: LoadedFlow;
  try {
    loaded = await loadFlow(file, cacheFolder());
  } catch (error) {
    const { code, problems } = error as { readonly code?: unknown; readonly problems?: readonly Problem[] };
    if (code === 'FlowProblemsError' && problems) return { problems, summary: '' };
    throw error;
  }
  const { graph, parameters } = loaded;
  const counts = `${plural(graph.steps.size, 'step')}, ${plural(parameters.length, 'parameter')}`;
  return { problems: lint(graph), summary: `${graph.flow}: ok (${counts})` };
}
