import {
  type CallExpression,
  type Expression,
  type MethodDefinition,
  type Node,
  type ObjectExpression,
  parse,
  type SpreadElement,
} from 'acorn';

/** A `this.next(...)` as its source reads. */
export type NextForm =
  | { readonly kind: 'steps'; readonly steps: readonly string[] }
  | { readonly kind: 'foreach'; readonly step: string; readonly variable: string }
  | {
      readonly kind: 'switch';
      readonly variable: string;
      readonly cases: readonly { readonly case: string; readonly step: string }[];
    }
  | { readonly kind: 'invalid'; readonly problem: string };

/** One `this.next(...)` in a method: what it says, and where, in characters from the start of the method's text. */
export interface NextCall {
  readonly form: NextForm;
  readonly offset: number;
}

/** A `super.x(...)` in a method: what the base class does there, this method does too. */
export interface SuperCall {
  readonly name: string;
  readonly offset: number;
}

/** A `this.x` in a method, in source order. */
export interface ThisUse {
  readonly name: string;
  /** `read` may find nothing there; `write` covers assigning and deleting. */
  readonly kind: 'read' | 'write';
  /** The member that is taken of it: `y` of `this.x.y`. */
  readonly member?: string;
}

/** What the source of a step method tells. */
export interface MethodSource {
  readonly arity: number;
  readonly calls: readonly NextCall[];
  readonly supers: readonly SuperCall[];
  readonly uses: readonly ThisUse[];
}

const BEFORE = 'class Flow extends Object { ';

/** Reads a method from its `toString()`, which holds after any loader has compiled the class. */
export function readMethod(text: string): MethodSource {
  const program = parse(`${BEFORE}${text} }`, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    checkPrivateFields: false,
    allowSuperOutsideMethod: true,
  });
  const [flow] = program.body;
  const member = flow?.type === 'ClassDeclaration' ? flow.body.body[0] : undefined;
  if (member?.type !== 'MethodDefinition') return { arity: 0, calls: [], supers: [], uses: [] };
  const method = member as MethodDefinition;
  const calls: NextCall[] = [];
  const supers: SuperCall[] = [];
  const uses: ThisUse[] = [];
  visit(method.value, (node, parent) => {
    const offset = node.start - BEFORE.length;
    if (isNextCall(node)) calls.push({ form: formOf(node.arguments), offset });
    const name = calledOfSuper(node);
    if (name !== undefined && name !== 'next') supers.push({ name, offset });
    const use = useOf(node, parent);
    if (use) uses.push(use);
  });
  return { arity: method.value.params.length, calls, supers, uses };
}

/** Visits a node and everything below it that shares its `this`. */
function visit(node: Node, see: (node: Node, parent: Node | undefined) => void, parent?: Node): void {
  see(node, parent);
  for (const child of Object.values(node)) {
    const children = Array.isArray(child) ? child : [child];
    for (const one of children) {
      if (!isNode(one) || hasOwnThis(one)) continue;
      visit(one, see, node);
    }
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

const hasOwnThis = (node: Node): boolean =>
  ['FunctionExpression', 'FunctionDeclaration', 'ClassExpression', 'ClassDeclaration'].includes(node.type);

function isNextCall(node: Node): node is CallExpression {
  if (node.type !== 'CallExpression') return false;
  return memberOfThis((node as CallExpression).callee) === 'next' || calledOfSuper(node) === 'next';
}

/** `x` of `super.x(...)`, also of `super.x.call(this)`, else undefined. */
function calledOfSuper(node: Node): string | undefined {
  if (node.type !== 'CallExpression') return undefined;
  const { callee } = node as CallExpression;
  const direct = memberOf('Super', callee);
  if (direct !== undefined || callee.type !== 'MemberExpression') return direct;
  const how = callee.property.type === 'Identifier' ? callee.property.name : '';
  return how === 'call' || how === 'apply' ? memberOf('Super', callee.object) : undefined;
}

/** `this.x` with what becomes of it, else undefined. */
function useOf(node: Node, parent: Node | undefined): ThisUse | undefined {
  const name = memberOfThis(node);
  if (name === undefined) return undefined;
  const { type, left, operator, object } = (parent ?? {}) as Partial<
    Node & { left: Node; operator: string; object: Node }
  >;
  const isWrite =
    (type === 'AssignmentExpression' && left === node && operator === '=') ||
    (type === 'UnaryExpression' && operator === 'delete');
  if (isWrite) return { name, kind: 'write' };
  const member = type === 'MemberExpression' && object === node && parent ? memberName(parent) : undefined;
  return { name, kind: 'read', ...(member === undefined ? {} : { member }) };
}

/** `x` of `this.x`, else undefined. */
const memberOfThis = (node: Node): string | undefined => memberOf('ThisExpression', node);

/** `x` of `this.x` or `super.x`, else undefined. */
function memberOf(owner: 'ThisExpression' | 'Super', node: Node): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  return (node as Node & { object: Node }).object.type === owner ? memberName(node) : undefined;
}

/** The name of the member that an expression takes, when it is written out. */
function memberName(node: Node): string | undefined {
  const { property, computed } = node as Node & { property: Node; computed: boolean };
  if (!computed && property.type === 'Identifier') return (property as Node & { name: string }).name;
  return computed ? literalText(property) : undefined;
}

/** The text of a string literal or of a template without substitutions. */
function literalText(node: Node): string | undefined {
  if (node.type === 'Literal') {
    const { value } = node as Node & { value: unknown };
    return typeof value === 'string' ? value : undefined;
  }
  if (node.type !== 'TemplateLiteral') return undefined;
  const { quasis } = node as Node & { quasis: { value: { cooked: string } }[] };
  return quasis.length === 1 ? quasis[0]?.value.cooked : undefined;
}

const invalid = (problem: string): NextForm => ({ kind: 'invalid', problem });

function formOf(words: readonly (Expression | SpreadElement)[]): NextForm {
  const last = words.at(-1);
  const options = last?.type === 'ObjectExpression' && words.length > 1 ? last : undefined;
  const targets = options ? words.slice(0, -1) : words;
  const variable = (name: string) => options && literalText(propertyOf(options, name) ?? options);
  const foreach = variable('foreach');
  const condition = variable('condition');
  if (foreach !== undefined && condition !== undefined) return invalid('has both foreach and condition');
  if (targets[0]?.type === 'ObjectExpression') return switchForm(targets[0], condition);
  if (options && foreach === undefined) {
    return invalid(
      'needs a literal name: { foreach: "list" }, or { condition: "name" } after an object of cases',
    );
  }
  const steps = targets.map(memberOfThis);
  if (steps.length === 0) return invalid('names no step');
  if (!steps.every((name) => name !== undefined)) return invalid('may name steps only as this.<step>');
  const [step] = steps;
  if (foreach === undefined || step === undefined) return { kind: 'steps', steps };
  return steps.length === 1
    ? { kind: 'foreach', step, variable: foreach }
    : invalid('has a foreach over several steps');
}

function switchForm(object: ObjectExpression, variable: string | undefined): NextForm {
  if (variable === undefined) return invalid('has switch cases but no { condition: "name" }');
  const cases: { case: string; step: string }[] = [];
  for (const property of object.properties) {
    const name = property.type === 'Property' && !property.computed ? keyText(property.key) : undefined;
    const step = property.type === 'Property' ? memberOfThis(property.value) : undefined;
    if (name === undefined || step === undefined) {
      return invalid('may have only cases of the form name: this.<step>');
    }
    cases.push({ case: name, step });
  }
  return cases.length > 0 ? { kind: 'switch', variable, cases } : invalid('has a switch without cases');
}

function keyText(key: Node): string {
  return key.type === 'Identifier'
    ? (key as Node & { name: string }).name
    : String((key as Node & { value: unknown }).value);
}

function propertyOf(object: ObjectExpression, name: string): Node | undefined {
  for (const property of object.properties) {
    if (property.type === 'Property' && !property.computed && keyText(property.key) === name)
      return property.value;
  }
  return undefined;
}
