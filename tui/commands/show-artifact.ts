import type { Artifact } from '#client';
import type { Output } from '../output.ts';
import { isTable } from '../plain/columnar.ts';
import { type Fact, writeFacts } from '../plain/facts.ts';
import { layOut, oneLine } from '../plain/preview.ts';
import { firstLines, linesIn, linesOf, type Text, text } from '../plain/text.ts';
import { cutEnd } from '../plain/width.ts';
import { bytes, localTime } from '../plain/words.ts';
import { tableText } from './table-text.ts';

/** Lines of a value that a preview has. */
const MOST_LINES = 12;
const MOST_ROWS = 5;

/** Shows an artifact: what is known of it without its value, then the beginning of that. */
export async function showArtifact(artifact: Artifact, output: Output): Promise<void> {
  writeFacts(factsOf(artifact, output), output);
  if (!output.isTerminal) return;
  output.write(text`\n${await previewOf(artifact.data, output)}`);
}

function factsOf(artifact: Artifact, output: Output): Fact[] {
  const { pathspec, type, size, storedSize, digest, createdAt } = artifact;
  const stored = storedSize >= size ? '' : `, ${bytes(storedSize)} stored`;
  return [
    { name: 'artifact', text: pathspec, brush: output.paint.name, values: [pathspec] },
    { name: 'type', text: type, values: [type] },
    { name: 'size', text: bytes(size) + stored, values: [String(size)] },
    { name: 'stored', values: [String(storedSize)] },
    { name: 'digest', text: digest, values: [digest] },
    { name: 'created', text: localTime(createdAt), values: [createdAt.toISOString()] },
    ...(output.isTerminal ? [] : [{ name: 'preview', values: [oneLine(artifact.data)] }]),
  ];
}

async function previewOf(value: unknown, output: Output): Promise<Text> {
  if (isTable(value)) return tableText(value, output, MOST_ROWS);
  const { columns, glyphs, paint } = output;
  const preview = firstLines(layOut(value, output), MOST_LINES, paint.faint(glyphs.ellipsis));
  return linesOf(linesIn(preview).map((line) => cutEnd(line, columns, glyphs.ellipsis)));
}
