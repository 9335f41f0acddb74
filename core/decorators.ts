import { markStep, type StepMethod } from './steps.ts';

type Method = (...args: never[]) => unknown;

/**
 * Marks a method of a flow as a step: `@step start() { … }`. Works as a standard decorator and, where a tsconfig turns
 * on `experimentalDecorators`, as a legacy one. Throws a TypeError on anything that is not a plain method.
 */
export function step(method: Method, context: ClassMethodDecoratorContext): void;
export function step(prototype: object, name: string | symbol, descriptor: PropertyDescriptor): void;
export function step(
  first: Method | object,
  second: ClassMethodDecoratorContext | string | symbol,
  descriptor?: PropertyDescriptor,
): void {
  const standard = typeof second === 'object';
  const name = standard ? second.name : second;
  const method = standard ? first : descriptor?.value;
  const plain = typeof method === 'function' && typeof name === 'string';
  if (!plain || (standard && (second.kind !== 'method' || second.static || second.private))) {
    throw new TypeError(`@step belongs on a plain method of a flow; "${String(name)}" is not one.`);
  }
  markStep(method as StepMethod, { name });
}
