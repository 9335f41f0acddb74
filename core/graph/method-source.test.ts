import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type NextForm, readMethod } from './method-source.ts';

const formsOf = (body: string): NextForm[] => readMethod(`start() { ${body} }`).calls.map(({ form }) => form);

const steps = (...names: string[]): NextForm => ({ kind: 'steps', steps: names });

const FORMS: readonly (readonly [string, NextForm])[] = [
  ['this.next(this.a)', steps('a')],
  ['this.next(this.a, this.b, this.c)', steps('a', 'b', 'c')],
  ["this.next(this['a'])", steps('a')],
  ['this.next(this[`a`])', steps('a')],
  ['this["next"](this.a)', steps('a')],
  ['this.next?.(this.a)', steps('a')],
  ["this.next(this.a, { foreach: 'xs' })", { kind: 'foreach', step: 'a', variable: 'xs' }],
  ["this.next(this.a, { 'foreach': `xs` })", { kind: 'foreach', step: 'a', variable: 'xs' }],
  [
    "this.next({ yes: this.a, 'no way': this.b, 3: this.c, 1e3: this.d }, { condition: 'v' })",
    {
      kind: 'switch',
      variable: 'v',
      cases: [
        { case: 'yes', step: 'a' },
        { case: 'no way', step: 'b' },
        { case: '3', step: 'c' },
        { case: '1000', step: 'd' },
      ],
    },
  ],
];

for (const [source, form] of FORMS) test(`reads ${source}`, () => assert.deepEqual(formsOf(source), [form]));

const INVALID: readonly (readonly [string, RegExp])[] = [
  ['this.next()', /names no step/],
  ['this.next(next)', /only as this\.<step>/],
  ['this.next(...all)', /only as this\.<step>/],
  ["this.next('a')", /only as this\.<step>/],
  ['this.next(this[name])', /only as this\.<step>/],
  ['this.next(other.a)', /only as this\.<step>/],
  ['this.next(this.a, {})', /literal name/],
  ['this.next(this.a, { foreach: list })', /literal name/],
  ['this.next(this.a, { [foreach]: "xs" })', /literal name/],
  ["this.next(this.a, this.b, { foreach: 'xs' })", /foreach over several steps/],
  ["this.next(this.a, { foreach: 'xs', condition: 'v' })", /both foreach and condition/],
  ['this.next({ yes: this.a })', /no \{ condition: "name" \}/],
  ["this.next({}, { condition: 'v' })", /without cases/],
  ["this.next({ yes: a }, { condition: 'v' })", /name: this\.<step>/],
  ["this.next({ [yes]: this.a }, { condition: 'v' })", /name: this\.<step>/],
  ["this.next({ ...cases }, { condition: 'v' })", /name: this\.<step>/],
  ['this.next({ yes: this.a }, { condition: v })', /no \{ condition: "name" \}/],
];

for (const [source, problem] of INVALID) {
  test(`says what is wrong with ${source}`, () => {
    const [form] = formsOf(source);
    assert.equal(form?.kind, 'invalid');
    assert.match(form?.kind === 'invalid' ? form.problem : '', problem);
  });
}

test('finds every call that shares the method’s this, in source order, and no other', () => {
  const body = `
    if (x) this.next(this.a); else { for (;;) this.next(this.b); }
    const later = () => this.next(this.c);
    function other() { this.next(this.d); }
    const object = { method() { this.next(this.e); } };
    class Inner { next() { this.next(this.f); } }
    that.next(this.g);
    // this.next(this.h)
    "this.next(this.i)";`;
  assert.deepEqual(formsOf(body), [steps('a'), steps('b'), steps('c')]);
});

test('an offset counts from the beginning of the method', () => {
  const text = 'async start() {\n  await 1;\n  this.next(this.a);\n}';
  const [call] = readMethod(text).calls;
  assert.equal(text.slice(call?.offset).startsWith('this.next(this.a)'), true);
});

const ARITIES: readonly (readonly [string, number])[] = [
  ['start() {}', 0],
  ['async join(inputs) {}', 1],
  ['join(inputs = []) {}', 1],
  ['join(...inputs) {}', 1],
  ['join({ a, b }) {}', 1],
  ['join(inputs, more) {}', 2],
  ["'a-b'() {}", 0],
  ['["computed" + 1](inputs) {}', 1],
];

for (const [text, arity] of ARITIES)
  test(`${text} takes ${arity}`, () => assert.equal(readMethod(text).arity, arity));

test('modern syntax is no obstacle', () => {
  const text = `async start() {
    this.#secret ??= await super.start();
    if (#secret in this) { using x = 1n ** 2n; }
    label: for await (const { a = 1, ...rest } of list) { a?.b.c; break label; }
    const re = /(?<year>\\d{4})/v;
    try { new.target; } catch { throw new Error(\`\${this.x}\`); }
    this.next(this.end);
  }`.replace('using x', 'const x');
  assert.deepEqual(
    readMethod(text).calls.map(({ form }) => form),
    [steps('end')],
  );
});
