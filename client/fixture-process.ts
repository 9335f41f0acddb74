import { createInterface } from 'node:readline';
import { type FixtureRun, FixtureStore, type FixtureTask, type OpenRun } from './fixture-store.ts';

/** One line of work for a process that tests start: the store's folder is its argument. */
export type Order =
  | { readonly start: FixtureRun }
  | { readonly add: FixtureTask }
  | { readonly finish: FixtureRun }
  | { readonly tag: { readonly run: string; readonly add?: string; readonly remove?: string } };

const store = new FixtureStore(process.argv[2] ?? '');
let open: OpenRun | undefined;

for await (const line of createInterface(process.stdin)) console.log(obey(JSON.parse(line) as Order) ?? '');

function obey(order: Order): string | undefined {
  if ('start' in order) {
    open = store.start(order.start);
    return open.id;
  }
  if ('add' in order) open?.add(order.add);
  else if ('finish' in order) open?.finish(order.finish);
  else {
    const run = store.client.Run(order.tag.run);
    if (order.tag.add !== undefined) run.addTag(order.tag.add);
    if (order.tag.remove !== undefined) run.removeTag(order.tag.remove);
  }
  return undefined;
}
