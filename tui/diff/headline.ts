import type {
  ArrayDetail,
  BytesDetail,
  Change,
  JsonDetail,
  NumberDetail,
  Side,
  TableDetail,
  TaskDetail,
  TextDetail,
} from '#client';
import type { Output } from '../output.ts';
import { cutMiddle } from '../plain/width.ts';
import { bytes } from '../plain/words.ts';
import { changeText, formText, numberText } from './value-text.ts';

/** What changed, in a few words for the line that names the change. */
export function headline({ kind, status, a, b, detail }: Change, output: Output): string {
  const { arrow, ellipsis } = output.glyphs;
  const short = (side: Side | undefined): string =>
    shortValue(side, output.isTerminal ? ellipsis : undefined);
  if (status === 'A' || status === 'D')
    return kind === 'task' ? 'task' : kind === 'code' ? lines(detail as TextDetail) : short(b ?? a);
  if (status === 'T') return `${a?.type} ${arrow} ${b?.type}`;
  switch (kind) {
    case 'number':
      return [`${short(a)} ${arrow} ${short(b)}`, ...numberWords(detail as NumberDetail)].join('  ');
    case 'text':
    case 'code':
      return lines(detail as TextDetail);
    case 'json':
      return count((detail as JsonDetail).operations.length, 'change');
    case 'array':
      return arrayWords(detail as ArrayDetail, arrow);
    case 'table':
      return tableWords(detail as TableDetail, arrow);
    case 'bytes':
    case 'file':
      return bytesWords(detail as BytesDetail, arrow);
    case 'task':
      return taskWords(detail as TaskDetail, arrow);
    default:
      return `${short(a)} ${arrow} ${short(b)}`;
  }
}

const MOST = 60;

function shortValue(side: Side | undefined, mark: string | undefined): string {
  if (side === undefined) return '';
  if (!('value' in side)) return `${side.type}, ${bytes(side.size)}`;
  const shown = formText(side.value);
  // A program gets all of it.
  return mark === undefined ? shown : String(cutMiddle(shown, MOST, mark));
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const lines = ({ added, removed }: TextDetail): string => `+${added} -${removed} lines`;

/** How far a number moved; nothing where that tells no more than the two: from or to NaN and the infinities, and between the zeros. */
function numberWords({ delta, relative }: NumberDetail): string[] {
  const isFar = typeof delta === 'number' ? delta !== 0 : Object.hasOwn(Object(delta), '$bigint');
  if (!isFar) return [];
  const share =
    typeof relative === 'number' ? ` (${changeText(Number((relative * 100).toPrecision(3)))}%)` : '';
  return [`${changeText(typeof delta === 'number' ? Number(delta.toPrecision(6)) : delta)}${share}`];
}

function arrayWords({ length, changed, maxAbs, a, b }: ArrayDetail, arrow: string): string {
  const [before, after] = length;
  const size = before === after ? `${after}` : `${before} ${arrow} ${after}`;
  return `${changed} of ${size} elements  max ${numberText(maxAbs)}  mean ${numberText(a.mean)} ${arrow} ${numberText(b.mean)}`;
}

function tableWords({ rows, columns, key }: TableDetail, arrow: string): string {
  const size = rows.a === rows.b ? count(rows.b, 'row') : `${rows.a} ${arrow} ${rows.b} rows`;
  const parts = [
    `${size}  +${rows.added} -${rows.removed} ~${rows.changed}`,
    key ? `key ${key.join(', ')}` : 'by content',
    ...(columns.added.length > 0 ? [`new columns ${columns.added.join(', ')}`] : []),
    ...(columns.removed.length > 0 ? [`lost columns ${columns.removed.join(', ')}`] : []),
    ...(columns.retyped.length > 0 ? [`other types ${columns.retyped.join(', ')}`] : []),
  ];
  return parts.join('  ');
}

function bytesWords({ size: [before, after], shared, first }: BytesDetail, arrow: string): string {
  const size = before === after ? bytes(after) : `${bytes(before)} ${arrow} ${bytes(after)}`;
  const share = after > 0 ? `  ${Math.round((shared / after) * 100)}% shared` : '';
  return `${size}${share}${first === null ? '' : `  first difference at byte ${first}`}`;
}

function taskWords({ status, exception, attempts, seconds }: TaskDetail, arrow: string): string {
  const parts: string[] = [];
  if (status[0] !== status[1]) parts.push(`${status[0]} ${arrow} ${status[1]}`);
  if (exception[0] !== exception[1]) parts.push(exception[1] ?? `no ${exception[0]}`);
  if (attempts && attempts[0] !== attempts[1]) parts.push(`${attempts[0]} ${arrow} ${attempts[1]} attempts`);
  if (seconds && seconds[0] !== seconds[1])
    parts.push(`${seconds[0].toFixed(1)} ${arrow} ${seconds[1].toFixed(1)} s`);
  return parts.join('  ');
}
