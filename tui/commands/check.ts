import { cacheFolder, loadFlow, problemsOf } from '#core';
import { EXIT } from '../exit.ts';
import type { Host } from '../host.ts';
import { sendDocument } from '../output.ts';
import { escaped } from '../plain/escape.ts';
import { shortPath } from '../plain/frames.ts';
import { prose } from '../plain/prose.ts';
import { linesOf, text } from '../plain/text.ts';
import { plural } from '../plain/words.ts';

/** `flow check FILE`: tells every problem of a flow as `file:line: sentence`, or that there is none. */
export async function check(
  file: string,
  { json }: { readonly json?: true },
  { out, err }: Host,
): Promise<number> {
  const loaded = await loadFlow(file, cacheFolder());
  const problems = await problemsOf(loaded);
  if (json) {
    const told = problems.map(({ place, message }) => ({
      file: place?.file ?? file,
      line: place?.line ?? null,
      message,
    }));
    await sendDocument({ schema: 'oxbow.check/1', flow: loaded.graph.flow, problems: told }, out);
    return problems.length === 0 ? EXIT.ok : EXIT.no;
  }
  if (problems.length === 0) {
    const { graph, parameters, configs } = loaded;
    const counts = [
      plural(graph.steps.size, 'step'),
      plural(parameters.length, 'parameter'),
      ...(configs.length > 0 ? [plural(configs.length, 'config')] : []),
    ];
    out.write(text`${graph.flow}: ok (${counts.join(', ')})\n`);
    return EXIT.ok;
  }
  for (const { place, message } of problems) {
    const where = place ? `${shortPath(place.file)}:${place.line}` : file;
    const [first = '', ...rest] = prose(`${where}: ${message}`, out);
    const head = escaped(where);
    const begin = first.startsWith(head) ? text`${out.paint.name(head)}${first.slice(head.length)}` : first;
    out.write(linesOf([begin, ...rest]));
  }
  err.write(linesOf([err.paint.bad(plural(problems.length, 'problem'))]));
  return EXIT.no;
}
