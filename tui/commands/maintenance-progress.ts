import type { MaintenanceProgress } from '#core';
import type { Output } from '../output.ts';
import { text } from '../plain/text.ts';

const WORDS: Readonly<Record<MaintenanceProgress['phase'], string>> = {
  packs: 'reading packs',
  loose: 'reading loose objects',
  runs: 'reading runs',
  rewrite: 'rewriting packs',
};

/** Draws progress as one line that is redrawn, where that can be done, and takes it away at the end. */
export function progressOn(output: Output): { onProgress(event: MaintenanceProgress): void; end(): void } {
  let drawn = false;
  return {
    onProgress({ phase, done, total }) {
      if (!output.isLive || total === 0) return;
      drawn = true;
      output.write(
        text`\r\x1b[K${output.paint.faint(`${WORDS[phase]} ${Math.floor((done / total) * 100)} %`)}`,
      );
    },
    end() {
      if (drawn) output.write(text`\r\x1b[K`);
      drawn = false;
    },
  };
}
