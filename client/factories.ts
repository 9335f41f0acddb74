import { parseAddress } from './address.ts';
import { ArtifactObject } from './artifact.ts';
import type { Connection } from './connection.ts';
import type { DataFor, FlowClass, FlowFor, UntypedData } from './data-types.ts';
import { type Comparable, type Diff, diffOf } from './diff/diff.ts';
import type { DiffOptions } from './diff/options.ts';
import { ArgumentError } from './errors.ts';
import { FlowObject } from './flow.ts';
import type { Found } from './locate.ts';
import type { Artifact, Flow, Run, Step, Task } from './objects.ts';
import { isWild, resolve, resolveAll } from './resolve.ts';
import { RunObject } from './run.ts';
import { requireFlow } from './select-run.ts';
import { StepObject } from './step.ts';
import { TaskObject } from './task.ts';

/** Opens a flow by name, or by its class for typed data. Throws NotFoundError or NamespaceError when it has no runs. */
export interface FlowFactory {
  <C extends FlowClass>(flow: C): FlowOf<C>;
  <C extends object = never>(name: string): FlowOf<C>;
  (name: string): Flow;
  new <C extends FlowClass>(flow: C): FlowOf<C>;
  new <C extends object = never>(name: string): FlowOf<C>;
  new (name: string): Flow;
  /** What `instanceof` looks for. */
  readonly prototype: Flow<unknown>;
}

type FlowOf<C> = Flow<DataFor<C>, FlowFor<C>>;
type RunOf<C> = Run<DataFor<C>, FlowFor<C>>;

/** Opens the run an address names, typed by the flow's class when it is given: `Run<typeof ForeachFlow>('ForeachFlow~1')`. */
export interface RunFactory {
  <C extends object = never>(address: string): RunOf<C>;
  (address: string): Run;
  new <C extends object = never>(address: string): RunOf<C>;
  new (address: string): Run;
  /** What `instanceof` looks for. */
  readonly prototype: Run;
}

/**
 * Opens the one thing an address names, with or without `new`. Throws ArgumentError when it names another kind of thing, and
 * what `resolve` throws.
 */
export interface Factory<T> {
  (address: string): T;
  new (address: string): T;
  /** What `instanceof` looks for. */
  readonly prototype: T;
}

/** Lists the flows that have runs in the namespace, by name. */
export interface FlowsFactory {
  (): Flow[];
  new (): Flow[];
}

/** The client's names bound to one store. */
export interface Client {
  readonly Flow: FlowFactory;
  readonly Flows: FlowsFactory;
  readonly Run: RunFactory;
  readonly Step: Factory<Step>;
  readonly Task: Factory<Task>;
  readonly Artifact: Factory<Artifact>;
  /** The one thing an address names. Throws AddressError, NotFoundError, AmbiguousRunError or NamespaceError. */
  resolve(address: string): Found<UntypedData>;
  /** Everything an address with `*` names. Throws like `resolve`. */
  resolveAll(address: string): Found<UntypedData>[];
  /**
   * What two runs, steps, tasks or artifacts differ in; given as objects of the client or by their addresses. `diff('A..B')` compares the two ends
   * of a range, `diff('A')` A with the same in the run before. Throws ArgumentError when they are of different kinds, and what `resolve` throws.
   */
  diff(a: Comparable, b?: Comparable, options?: DiffOptions): Diff;
}

const TAKES = {
  Run: { kind: 'run', example: 'ForeachFlow/latest' },
  Step: { kind: 'step', example: 'ForeachFlow/latest/join' },
  Task: { kind: 'task', example: 'ForeachFlow/latest/join/0' },
  Artifact: { kind: 'artifact', example: 'ForeachFlow/latest/join/0/results' },
} as const;

/** Makes a client; `connection` is asked for the store each time something is opened. */
export function clientOf(connection: () => Connection): Client {
  return {
    Flow: callable((flow: unknown) => openFlow(connection, flow), FlowObject) as unknown as FlowFactory,
    Flows: callable(() => listFlows(connection()), Array) as unknown as FlowsFactory,
    Run: factory('Run', connection, RunObject) as unknown as RunFactory,
    Step: factory('Step', connection, StepObject),
    Task: factory('Task', connection, TaskObject),
    Artifact: factory('Artifact', connection, ArtifactObject),
    resolve: (address) => resolve(connection(), address),
    resolveAll: (address) => resolveAll(connection(), address),
    diff: (a, b, options) => diffOf(connection(), a, b, options),
  };
}

function openFlow(connection: () => Connection, flow: unknown): Flow {
  const name = typeof flow === 'function' ? flow.name : flow;
  if (typeof name !== 'string' || name === '' || name.includes('/')) {
    const given = typeof flow === 'function' ? 'a class without a name' : shown(flow);
    const takes = "a flow's name, or its class";
    throw new ArgumentError({ call: 'Flow', takes, given, example: "Flow('ForeachFlow')" });
  }
  const opened = connection();
  requireFlow(opened, name);
  return new FlowObject(opened, name);
}

function listFlows(connection: Connection): Flow[] {
  const visible = connection
    .flows()
    .filter((name) => connection.visibleRunIds(name).next().value !== undefined);
  return visible.map((name) => new FlowObject(connection, name));
}

type Call = keyof typeof TAKES;
type Opened<C extends Call> = Extract<Found<UntypedData>, { kind: (typeof TAKES)[C]['kind'] }>;

function factory<C extends Call>(call: C, connection: () => Connection, made: AnyClass): Factory<Opened<C>> {
  const open = (address: unknown): Found<UntypedData> => openOne(connection, call, address);
  return callable(open, made) as unknown as Factory<Opened<C>>;
}

function openOne(connection: () => Connection, call: Call, address: unknown): Found<UntypedData> {
  const { kind, example } = TAKES[call];
  const refuse = (problem: string): never => {
    const given = shown(address) + problem;
    throw new ArgumentError({
      call,
      takes: `the address of one ${kind}`,
      given,
      example: `${call}('${example}')`,
    });
  };
  if (typeof address !== 'string') return refuse('');
  const { target } = parseAddress(address);
  if (isWild(target)) return refuse(', which may name many');
  const found = target.kind === 'parameters' || target.kind === 'constants' ? 'artifact' : target.kind;
  if (found !== kind) return refuse(`, the address of ${found === 'artifact' ? 'an' : 'a'} ${found}`);
  return resolve(connection(), address);
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : `a value of type ${typeof value}`;

type AnyClass = abstract new (...args: never[]) => object;

/** A function that works with and without `new`, and whose results are instances of it. */
function callable<A extends unknown[], T extends object>(
  open: (...args: A) => T,
  made: AnyClass,
): (...args: A) => T {
  function create(...args: A): T {
    return open(...args);
  }
  create.prototype = made.prototype;
  return create;
}
