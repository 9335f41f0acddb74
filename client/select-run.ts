import { printAddress, type RunSelector } from './address.ts';
import { closest } from './closest.ts';
import type { Connection } from './connection.ts';
import { AmbiguousRunError, NamespaceError, NotFoundError } from './errors.ts';
import { RunState } from './run-state.ts';

/** The id of the run a selector means. Throws NotFoundError, AmbiguousRunError or NamespaceError. */
export function selectRun(connection: Connection, flow: string, selector: RunSelector): string {
  const passed: string[] = [];
  for (const id of candidates(connection, flow, selector)) {
    if (passed.length === selector.back) return id;
    passed.push(id);
  }
  return failSelection(connection, flow, { selector, passed });
}

/** Throws unless the flow has a run in the namespace: NotFoundError, or NamespaceError when it has some elsewhere. */
export function requireFlow(connection: Connection, flow: string): void {
  const { namespace } = connection;
  for (const _id of connection.visibleRunIds(flow)) return;
  const ids = connection.runIds(flow);
  if (ids.length > 0 && namespace !== null) {
    const subject = `Flow ${JSON.stringify(flow)} has ${runCount(ids.length)}, but none`;
    throw new NamespaceError(subject, namespace, usersOf(connection, flow, ids));
  }
  const flows = connection.flows();
  const meant = closest(flow, flows);
  const sentence = `Flow ${JSON.stringify(flow)} has no runs in ${connection.repository.path}.`;
  const known = meant === undefined && flows.length > 0 ? { 'Its flows': flows } : {};
  throw new NotFoundError({ kind: 'flow', wanted: flow, sentence, known, suggestion: meant });
}

function candidates(connection: Connection, flow: string, selector: RunSelector): Iterable<string> {
  switch (selector.at) {
    case 'latest':
      return connection.visibleRunIds(flow);
    case 'id':
      return fromId(connection, flow, selector.id);
    default:
      return matching(connection, flow, selector);
  }
}

function* matching(connection: Connection, flow: string, selector: RunSelector): Generator<string> {
  for (const id of connection.visibleRunIds(flow)) {
    const fits = () =>
      selector.at === 'tag'
        ? connection.hasTag(flow, id, selector.tag)
        : ended(connection, flow, id, selector.at);
    if (connection.holds(`${flow}/${id}`, fits)) yield id;
  }
}

function ended(connection: Connection, flow: string, id: string, how: RunSelector['at']): boolean {
  const { status } = new RunState(connection, flow, { id, commit: undefined });
  return how === 'ok' ? status === 'successful' : status === 'failed' || status === 'crashed';
}

/** The run whose id begins so, then those before it. */
function* fromId(connection: Connection, flow: string, prefix: string): Generator<string> {
  const id = expandId(connection, flow, prefix);
  yield id;
  yield* connection.visibleRunIds(flow, id);
}

function expandId(connection: Connection, flow: string, prefix: string): string {
  const runs = connection.runIds(flow, prefix);
  // A spin is found by its id alone.
  const begun = runs.length > 0 ? runs : connection.spinIds(flow, prefix);
  const fitting = begun.includes(prefix) ? [prefix] : begun;
  const visible = fitting.filter((id) => connection.isVisible(flow, id));
  const [first] = visible;
  if (first === undefined) return failId(connection, flow, { prefix, fitting });
  if (visible.length > 1) throw new AmbiguousRunError(flow, prefix, visible);
  return first;
}

interface UnknownId {
  readonly prefix: string;
  readonly fitting: readonly string[];
}

function failId(connection: Connection, flow: string, { prefix, fitting }: UnknownId): never {
  requireFlow(connection, flow);
  const { namespace } = connection;
  if (fitting[0] !== undefined && namespace !== null) {
    throw new NamespaceError(
      `Run ${flow}/${fitting[0]} is not`,
      namespace,
      usersOf(connection, flow, fitting),
    );
  }
  throw new NotFoundError({
    kind: 'run',
    wanted: prefix,
    sentence: `Flow ${flow} has no run whose id begins with ${prefix}.`,
    known: { 'Its runs': [...connection.visibleRunIds(flow)] },
  });
}

interface FailedSelection {
  readonly selector: RunSelector;
  /** The runs that fit, newest first, too few. */
  readonly passed: readonly string[];
}

const KINDS = { latest: '', ok: 'successful ', failed: 'failed ', tag: 'tagged ', id: 'earlier ' };

function failSelection(connection: Connection, flow: string, { selector, passed }: FailedSelection): never {
  requireFlow(connection, flow);
  if (selector.at === 'tag' && passed.length === 0) return failTag(connection, flow, selector.tag);
  const address = printAddress({ flow, run: selector, target: { kind: 'run' }, path: [] });
  const kind = KINDS[selector.at];
  const total = [...connection.visibleRunIds(flow)].length;
  const sentence =
    passed.length === 0
      ? `Flow ${flow} has ${runCount(total)}, but no ${kind}one.`
      : `There is no ${address}: flow ${flow} has ${runCount(passed.length, kind)}, the oldest is ${flow}/${passed.at(-1)}.`;
  throw new NotFoundError({ kind: 'run', wanted: address, sentence });
}

function failTag(connection: Connection, flow: string, tag: string): never {
  const tags = new Set<string>();
  for (const id of connection.visibleRunIds(flow))
    for (const one of connection.userTags(flow, id)) tags.add(one);
  const sentence = `Flow ${flow} has no run with the tag ${JSON.stringify(tag)}.`;
  throw new NotFoundError({ kind: 'tag', wanted: tag, sentence, known: { 'Its tags': [...tags].sort() } });
}

/** The `user:` tags of runs: the namespaces they can be found in. */
function usersOf(connection: Connection, flow: string, ids: readonly string[]): string[] {
  const users = new Set<string>();
  for (const id of ids) {
    connection.holds(`${flow}/${id}`, () => {
      for (const tag of connection.brief(flow, id)?.systemTags ?? [])
        if (tag.startsWith('user:')) users.add(tag);
      return true;
    });
  }
  return [...users].sort();
}

const runCount = (count: number, kind = ''): string => `${count} ${kind}${count === 1 ? 'run' : 'runs'}`;
