import { cacheFolder, loadFlow, problemsOf } from '#core';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { shortPath } from '../plain/frames.ts';
import { prose } from '../plain/prose.ts';
import { plural } from '../plain/words.ts';

/** `flow check FILE`: tells every problem of a flow as `file:line: sentence`, or that there is none. */
export async function check(file: string, { out, err }: Host): Promise<number> {
  const loaded = await loadFlow(file, cacheFolder());
  const problems = await problemsOf(loaded);
  if (problems.length === 0) {
    const { graph, parameters, configs } = loaded;
    const counts = [
      plural(graph.steps.size, 'step'),
      plural(parameters.length, 'parameter'),
      ...(configs.length > 0 ? [plural(configs.length, 'config')] : []),
    ];
    out.write(`${graph.flow}: ok (${counts.join(', ')})\n`);
    return EXIT.ok;
  }
  for (const { place, message } of problems) {
    const where = place ? `${shortPath(place.file)}:${place.line}` : file;
    const [first = '', ...rest] = prose(`${where}: ${message}`, out);
    out.write(`${[first.replace(where, out.paint.name), ...rest].join('\n')}\n`);
  }
  err.write(`${err.paint.bad(plural(problems.length, 'problem'))}\n`);
  return EXIT.no;
}
