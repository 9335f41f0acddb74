import type { Output } from '../output.ts';
import { type Text, text } from '../plain/text.ts';
import { cutEnd, pad, widestOf } from '../plain/width.ts';
import { duration, plural } from '../plain/words.ts';
import { endedOf, expectedOf, type RunProgress, runningOf, type StepProgress } from './state.ts';

/** What of the terminal a block depends on. */
export type Canvas = Pick<Output, 'columns' | 'rows' | 'paint' | 'glyphs'>;

/** The block takes at most this many lines, and leaves three for the log above it. */
const MOST_LINES = 12;
const LINES_LEFT = 3;
const BAR = 12;
/** A terminal narrower than this has no room for the bar. */
const BAR_FROM = 56;
const LONGEST_NAME = 24;

/**
 * The live block of a run as lines that fit the terminal: one per step that has begun, a line of those to come, and one on
 * the whole run. When there are too many steps, those that failed or run are shown first. `now` is in milliseconds since
 * 1970; it also turns the spinner.
 */
export function blockOf(run: RunProgress, now: number, canvas: Canvas): Text[] {
  const room = Math.max(1, Math.min(MOST_LINES, canvas.rows - LINES_LEFT));
  const begun = [...run.steps.values()].filter(({ started }) => started > 0);
  const waiting = [...run.steps.values()].filter(({ started }) => started === 0);
  const last = [
    ...(waiting.length > 0 && !run.finished ? [waitingLine(waiting, canvas)] : []),
    runLine(run, now, canvas),
  ];
  const shown = mostRelevant(begun, Math.max(0, room - last.length));
  const hidden = begun.length - shown.length;
  const name = Math.min(LONGEST_NAME, Math.max(4, widestOf(shown.map((step) => step.name))));
  const lines = shown.map((step) =>
    stepLine(step, { now, canvas, name, expected: expectedOf(run, step.name), isOver: run.finished }),
  );
  if (hidden > 0)
    lines[lines.length - 1] = canvas.paint.faint(
      text` ${canvas.glyphs.ellipsis} ${plural(hidden + 1, 'more step')}`,
    );
  const width = Math.max(1, canvas.columns - 1);
  return [...lines, ...last].slice(-room).map((line) => cutEnd(line, width, canvas.glyphs.ellipsis));
}

function mostRelevant(steps: readonly StepProgress[], room: number): StepProgress[] {
  if (steps.length <= room) return [...steps];
  const rank = (step: StepProgress): number => (step.failed > 0 ? 0 : runningOf(step) > 0 ? 1 : 2);
  const latest = (step: StepProgress): number => -(step.lastEnd ?? 0);
  const chosen = new Set(
    [...steps].sort((a, b) => rank(a) - rank(b) || latest(a) - latest(b)).slice(0, room),
  );
  return steps.filter((step) => chosen.has(step));
}

interface StepLayout {
  readonly now: number;
  readonly canvas: Canvas;
  /** Columns of the names. */
  readonly name: number;
  /** Tasks the step will have, when that is known. */
  readonly expected: number | undefined;
  /** No task of the run will start or end any more. */
  readonly isOver: boolean;
}

function stepLine(step: StepProgress, layout: StepLayout): Text {
  const { now, canvas, name, expected, isOver } = layout;
  const { paint, glyphs, columns } = canvas;
  const { started, taken, retrying, failed, killed, firstStart, lastEnd } = step;
  const ended = endedOf(step);
  const isOpen = runningOf(step) + retrying > 0 || (expected !== undefined && started < expected);
  const end = isOpen && !isOver ? now : (lastEnd ?? now);
  const took = firstStart === undefined ? '' : text`  ${paint.faint(duration(end - firstStart))}`;
  const isWide = expected !== undefined && expected > 1;
  const count = isWide ? `${ended}/${expected} tasks` : plural(ended, 'task');
  const bar =
    isWide && isOpen && !isOver && columns >= BAR_FROM ? text`${barOf(ended, expected, canvas)} ` : '';
  const before = taken > 0 ? text`  ${paint.faint(taken === ended ? 'reused' : `${taken} reused`)}` : '';
  const failures = failed > 0 ? text`  ${paint.bad(`${failed} failed`)}` : '';
  const retries = retrying > 0 ? text`  ${paint.warn(`${retrying} to retry`)}` : '';
  const kills = killed > 0 ? text`  ${paint.warn(`${killed} killed`)}` : '';
  const label = pad(cutEnd(step.name, name, glyphs.ellipsis), name);
  return text` ${signOf(step, isOpen, layout)} ${label}  ${bar}${count}${took}${before}${failures}${kills}${retries}`;
}

function signOf(step: StepProgress, isOpen: boolean, { now, canvas, isOver }: StepLayout): Text {
  const { paint, glyphs } = canvas;
  if (step.failed > 0) return paint.bad(glyphs.failed);
  if (!isOpen && step.killed === 0) return paint.good(glyphs.ok);
  if (isOver) return paint.warn(glyphs.stopped);
  return paint.name(glyphs.spinner[Math.floor(now / SPINNER_TURN) % glyphs.spinner.length] ?? '');
}

/** Milliseconds the spinner stands still. */
const SPINNER_TURN = 100;

function barOf(done: number, all: number, { paint, glyphs }: Canvas): Text {
  const full = all === 0 ? BAR : Math.floor((done / all) * BAR);
  return text`${paint.good(glyphs.barFull.repeat(full))}${paint.faint(glyphs.barEmpty.repeat(BAR - full))}`;
}

function waitingLine(steps: readonly StepProgress[], { paint, glyphs }: Canvas): Text {
  return paint.faint(` ${steps.map(({ name }) => `${glyphs.waiting} ${name}`).join('  ')}`);
}

function runLine(run: RunProgress, now: number, { paint, glyphs }: Canvas): Text {
  const steps = [...run.steps.values()];
  const running = steps.reduce((sum, step) => sum + runningOf(step), 0);
  const done = steps.reduce((sum, step) => sum + step.succeeded, 0);
  const facts = [
    duration(now - (run.startedAt ?? now)),
    ...(run.finished ? [] : [`${running} running`]),
    `${done} done`,
    ...(run.stopping && !run.finished ? ['stopping'] : []),
  ];
  return text` ${paint.strong(`${run.flow}/${run.runId}`)}  ${paint.faint(facts.join(` ${glyphs.dot} `))}`;
}
