import { taskAtHand } from './current.ts';
import type { IncludeFileOptions, ParameterOptions } from './parameter-options.ts';
import type {
  CheckedFileOptions,
  CheckedOptions,
  DeclaredValue,
  FileContent,
  Inferred,
  OptionsFor,
} from './parameter-types.ts';

export {
  type IncludeFileOptions,
  JSONType,
  type ParameterOptions,
  type ParameterType,
} from './parameter-options.ts';

/** Something that a field of a flow declares; in tasks the field has a value instead. */
export class Declaration<Options> {
  readonly name: string;
  readonly options: Options;

  constructor(name: string, options: Options) {
    this.name = name;
    this.options = options;
  }

  /** Computing with a declaration is a mistake: of a variable beside the class, say, which no task gives a value. */
  [Symbol.toPrimitive](): string {
    if (declared) return String(this.name);
    throw new TypeError(`"${this.name}" has no value outside of a flow. ${REMEDY}`);
  }
}

const REMEDY = 'Declare it as a field of the flow, and read that field in the steps.';

/** What a field holds while the flow is described: the declaration instead of the value. */
export class ParameterDeclaration extends Declaration<ParameterOptions> {
  /** Set for {@link IncludeFile}. */
  readonly file: IncludeFileOptions | undefined;

  constructor(name: string, options: ParameterOptions, file?: IncludeFileOptions) {
    super(name, options);
    this.file = file;
  }
}

/** Gives the values while a task's flow instance is made, so that other field initialisers can use them. */
let valuesBeingBound: ((name: string) => unknown) | undefined;
/** Takes the declarations made while a flow is described. */
let declared: object[] | undefined;

/** Calls `make` and gives the declarations made meanwhile to `into`. */
export function collectDeclarations<T>(into: object[], make: () => T): T {
  const before = declared;
  declared = into;
  try {
    return make();
  } finally {
    declared = before;
  }
}

/** How a field declares something. */
interface Declared {
  /** The function that is called: `Parameter`. */
  readonly by: string;
  readonly name: string;
  readonly options: object;
}

/** What a field gets that declares something: its value in a task, else what `declare` makes. Throws TypeError for words that declare nothing. */
export function valueOrDeclaration({ by, name, options }: Declared, declare: () => object): unknown {
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`${by} takes a name first, and options after it: ${by}('name', { help: '…' }).`);
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`${by}('${name}') takes its options as an object: ${by}('${name}', { help: '…' }).`);
  if (!valuesBeingBound && !declared && taskAtHand())
    throw new TypeError(`${by}('${name}') was called in a step. ${REMEDY}`);
  if (valuesBeingBound) return valuesBeingBound(name);
  const declaration = declare();
  declared?.push(declaration);
  return declaration;
}

/** Calls `make` while {@link Parameter} returns values instead of declarations. */
export function withParameterValues<T>(values: (name: string) => unknown, make: () => T): T {
  const before = valuesBeingBound;
  valuesBeingBound = values;
  try {
    return make();
  } finally {
    valuesBeingBound = before;
  }
}

/**
 * Declares a parameter of a flow, as a field: `alpha = Parameter('alpha', { default: 0.01, help: 'Learning rate' })`. The
 * field has the parameter's value in every step and cannot be assigned to. The type follows from `type`, else from `default`;
 * a default that is a function and no text needs a `type`, since it is called only when no value is given. The type that JSON has
 * is for you to say: `Parameter<{ depth: number }>('tree', { type: JSONType, default: { depth: 3 } })`.
 */
// biome-ignore lint/complexity/noBannedTypes: no options at all, rather than any.
export function Parameter<V = Inferred, O extends object = {}>(
  name: string,
  options?: [V] extends [Inferred] ? CheckedOptions<O> : OptionsFor<NoInfer<V>>,
): [V] extends [Inferred] ? DeclaredValue<O> : NoInfer<V>;
export function Parameter(name: string, options: ParameterOptions = {}): unknown {
  return valueOrDeclaration(
    { by: 'Parameter', name, options },
    () => new ParameterDeclaration(name, options),
  );
}

/**
 * Declares a parameter whose value is the content of a file: on the command line its path is given, in the steps the field
 * has the text (or, with `isText: false`, the bytes as a Buffer).
 */
// biome-ignore lint/complexity/noBannedTypes: no options at all, rather than any.
export function IncludeFile<O extends object = {}>(
  name: string,
  options?: CheckedFileOptions<O>,
): FileContent<O>;
export function IncludeFile(name: string, options: IncludeFileOptions = {}): unknown {
  return valueOrDeclaration({ by: 'IncludeFile', name, options }, () => {
    const { help, required } = options;
    const common = {
      ...(help === undefined ? {} : { help }),
      ...(required === undefined ? {} : { required }),
    };
    return new ParameterDeclaration(name, common, options);
  });
}
