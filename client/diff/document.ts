import type { Digest } from '#store';

/** What two runs, steps, tasks or artifacts differ in, as `flow diff --json` prints it. Fields are only ever added. */
export interface DiffDocument {
  readonly schema: 'oxbow.diff/1';
  /** Pathspecs of the two. */
  readonly a: string;
  readonly b: string;
  /** Whether nothing differs, or nothing by more than the tolerance. */
  readonly same: boolean;
  readonly counts: Counts;
  /** In the order of their paths; nothing that is equal. */
  readonly changes: readonly Change[];
  /** What could not be compared because the store is damaged there; absent when there is none. Then `same` is false. */
  readonly damaged?: readonly DamagedPlace[];
}

/** A place that could not be read. */
export interface DamagedPlace {
  /** As in {@link Change}. */
  readonly path: string;
  readonly problem: string;
}

/** How many changes there are of each status. */
export interface Counts {
  readonly added: number;
  readonly deleted: number;
  readonly modified: number;
  readonly retyped: number;
  readonly close: number;
}

/** A: only in b. D: only in a. M: changed. T: of another kind. C: within the tolerance, which counts as the same. */
export type ChangeStatus = 'A' | 'D' | 'M' | 'T' | 'C';

/** What kind of thing changed; it decides the form of `detail`. */
export type ChangeKind =
  | 'number'
  | 'boolean'
  | 'string'
  | 'text'
  | 'json'
  | 'array'
  | 'table'
  | 'bytes'
  | 'file'
  | 'task'
  | 'code'
  | 'other';

/** One difference. Of kind T, `kind` is that of b. */
export interface Change {
  /** As an address goes on after the run: `train/0/loss`, `parameters/lr`, `code/flow.ts`; `train/0` for a task's status or error. */
  readonly path: string;
  readonly status: ChangeStatus;
  readonly kind: ChangeKind;
  readonly a?: Side;
  readonly b?: Side;
  readonly detail?: Detail;
}

/** One of the two values. */
export interface Side {
  /** A few words, as in value.json: `number`, `object{3}`, `Float64Array[8]`. */
  readonly type: string;
  readonly digest: Digest;
  /** Bytes, uncompressed. */
  readonly size: number;
  /** The value, when it is small; what JSON cannot carry as value.json writes it. */
  readonly value?: unknown;
}

/** What changed, by the kind of the change. */
export type Detail =
  | NumberDetail
  | TextDetail
  | JsonDetail
  | ArrayDetail
  | TableDetail
  | BytesDetail
  | TaskDetail;

/** Of `number`. What JSON cannot carry (NaN, infinities, BigInt) is written as in value.json; `relative` is null where a is zero. */
export interface NumberDetail {
  /** b − a. */
  readonly delta: unknown;
  /** (b − a) / |a|. */
  readonly relative: unknown;
}

/** Of `text` and `code`. */
export interface TextDetail {
  /** Lines only in b, and only in a. */
  readonly added: number;
  readonly removed: number;
  /** Hunks of a unified diff, exact: applied to a they give b. */
  readonly hunks: string;
}

/** Of `json`. */
export interface JsonDetail {
  /** Complete, and in an order that applied to a gives b. Paths are JSON pointers (RFC 6901). */
  readonly operations: readonly JsonOperation[];
}

/** One change within a JSON value: an operation of RFC 6902, with the value that was there before. */
export interface JsonOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move';
  readonly path: string;
  readonly from?: string;
  readonly old?: unknown;
  readonly value?: unknown;
}

/** Of `array`: typed arrays and lists of numbers. Elements beyond the shorter one's end count as changed; the means are over those both have. */
export interface ArrayDetail {
  /** Of a and of b. */
  readonly length: readonly [number, number];
  /** Elements that differ. */
  readonly changed: number;
  readonly maxAbs: unknown;
  readonly meanAbs: unknown;
  /** Index of the first element that differs; null when none does. */
  readonly first: number | null;
  readonly a: Stats;
  readonly b: Stats;
  /** The largest changes, largest first. */
  readonly top: readonly { readonly index: number; readonly a: unknown; readonly b: unknown }[];
  readonly quantiles: { readonly a: Quantiles | null; readonly b: Quantiles | null };
}

/** Quantiles of numbers, NaN left out, interpolated as R's type 7. */
export interface Quantiles {
  readonly p05: unknown;
  readonly p25: unknown;
  readonly p75: unknown;
  readonly p95: unknown;
}

/** What the numbers of an array are like. NaN counts in `nan` alone; the others are null when there is no number. */
export interface Stats {
  readonly min: unknown;
  readonly max: unknown;
  readonly mean: unknown;
  /** Standard deviation of the population. */
  readonly std: unknown;
  readonly nan: number;
  /** Median. */
  readonly p50: unknown;
}

/** Of `table`. */
export interface TableDetail {
  /** Names of columns. `changed` are those of one type whose cells differ. */
  readonly columns: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly retyped: readonly string[];
    readonly changed: readonly string[];
  };
  /** Numbers of rows. Without a key no row is `changed`: it is removed and added. */
  readonly rows: {
    readonly a: number;
    readonly b: number;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
  };
  /** Columns by which rows belong together; null: by their content. */
  readonly key: readonly string[] | null;
  /** The first rows that differ; all of them under the option `full`. */
  readonly sample: readonly RowChange[];
  /** What the schemas differ in beside names and types: columns whose nullability or metadata changed; `''` is the table's own metadata. */
  readonly schema?: {
    readonly reordered: boolean;
    readonly nullable: readonly string[];
    readonly metadata: readonly string[];
  };
  /** Why the key that was given was not used. */
  readonly keyProblem?: string;
}

/** One row that differs. Cells by column, as JSON can carry them. */
export interface RowChange {
  readonly op: 'added' | 'removed' | 'changed';
  /** Position of the row in a and in b. */
  readonly at: readonly [number | null, number | null];
  /** The cells of the key. Absent without a key. */
  readonly key?: Readonly<Record<string, unknown>>;
  /** The row of a; of a changed row only the cells that differ. */
  readonly a?: Readonly<Record<string, unknown>>;
  readonly b?: Readonly<Record<string, unknown>>;
}

/** Of `bytes` and `file`. */
export interface BytesDetail {
  /** Of a and of b, in bytes. */
  readonly size: readonly [number, number];
  /** Bytes of b in chunks that a has as well. */
  readonly shared: number;
  /** Offset of the first byte that differs; null when none does. */
  readonly first: number | null;
  /** What the bytes are, such as `png` or `zip`; absent when neither is known. */
  readonly format?: readonly [string | null, string | null];
  /** Names of the members in which two archives (zip, tar) differ. */
  readonly members?: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
  /** Width and height of pictures. */
  readonly dimensions?: readonly [readonly [number, number] | null, readonly [number, number] | null];
  /** Lines, when both are texts. */
  readonly text?: TextDetail;
}

/** Of `task`. */
export interface TaskDetail {
  readonly status: readonly [string, string];
  /** `Name: message`, or null. */
  readonly exception: readonly [string | null, string | null];
  /** How often it was tried, and how long the last attempt took. Under the option `times` alone. */
  readonly attempts?: readonly [number, number];
  readonly seconds?: readonly [number, number];
}
