import { connect, type Run, type StoreClient } from '#client';

/** Runs, tasks and artifacts that are offered at most. */
const MOST = 100;

/** Where to look. */
export interface Where {
  readonly store: string | undefined;
  readonly allUsers: boolean;
}

/** Names of the flows in a store; none where there is no store. */
export function flowNames(where: Where): string[] {
  return quietly(() => [...clientFor(where).Flows()].map(({ id }) => id));
}

/**
 * Addresses that go on from what has been typed, a piece at a time: a flow, its runs or tags, steps, tasks, artifacts. After `A..` the second
 * run of a range.
 */
export function addresses(typed: string, where: Where): string[] {
  const range = typed.lastIndexOf('..');
  const before = range < 0 ? '' : typed.slice(0, range + 2);
  const rest = typed.slice(before.length);
  return quietly(() => continued(rest, clientFor(where))).map((one) => before + one);
}

const clientFor = ({ store, allUsers }: Where): StoreClient =>
  connect({ store, ...(allUsers ? { namespace: null } : {}), onDamaged: () => {} });

function continued(typed: string, client: StoreClient): string[] {
  const at = typed.indexOf('@');
  const pieces = typed.split('/');
  const [flow = '', run, step, task] = pieces;
  if (pieces.length === 1 && at >= 0) return tagsOf(typed.slice(0, at), client);
  switch (pieces.length) {
    case 1:
      return [...client.Flows()].flatMap(({ id }) => (id === typed ? [id, `${id}/`, `${id}@`] : [id]));
    case 2: {
      const ids = [...client.Flow(flow)].slice(0, MOST).map(({ id }) => id);
      const own = ['latest', ...ids].map((id) => `${flow}/${id}`);
      return own.includes(typed) ? [typed, `${typed}/`] : own;
    }
    case 3:
      return within(`${flow}/${run}`, [...stepsOf(client.Run(`${flow}/${run}`))], typed);
    case 4: {
      const found = client.Run(`${flow}/${run}`);
      const names =
        step === 'parameters' || step === 'constants'
          ? inputsOf(client, `${flow}/${run}/${step}`)
          : found
              .step(step as never)
              .tasks()
              .slice(0, MOST)
              .map(({ id }) => id);
      return within(`${flow}/${run}/${step}`, names, typed);
    }
    case 5:
      return within(
        `${flow}/${run}/${step}/${task}`,
        [...client.Task(`${flow}/${run}/${step}/${task}`)].slice(0, MOST).map(({ name }) => name),
        '',
      );
    default:
      return [];
  }
}

/** What lies in a folder; what has been typed whole may go on. */
function within(folder: string, names: readonly string[], typed: string): string[] {
  const own = names.map((name) => `${folder}/${name}`);
  return own.includes(typed) ? [typed, `${typed}/`] : own;
}

const stepsOf = (run: Run): string[] => [...run.steps().map(({ id }) => id), 'parameters', 'constants'];

const inputsOf = (client: StoreClient, folder: string): string[] =>
  client.resolveAll(`${folder}/*`).flatMap((found) => (found.kind === 'artifact' ? [found.name] : []));

function tagsOf(flow: string, client: StoreClient): string[] {
  const tags = new Set(['ok', 'failed']);
  for (const run of [...client.Flow(flow)].slice(0, MOST)) for (const tag of run.userTags) tags.add(tag);
  return [...tags].map((tag) => `${flow}@${tag}`);
}

/** Who asks for a completion is told nothing but completions. */
function quietly(look: () => string[]): string[] {
  try {
    return look();
  } catch {
    return [];
  }
}
