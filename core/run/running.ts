import type { RunEvent } from '../events.ts';

/** What a {@link Running} reports as it happens. */
export interface RunReports<R> {
  readonly onEvent: (event: RunEvent) => void;
  /** The run's ref exists. */
  readonly onRun: (run: R) => void;
}

/** Of events that nobody has asked for yet so many are held, the latest, and so many characters of output with them. */
const HELD = { events: 10_000, characters: 16 << 20 };

/**
 * A run that was started from code: its events as they come (`for await (const event of running)`), its handle as soon as it exists
 * (`await running.run`), and its end (`await running`). Ending a loop early does not end the run; abort the `signal` it was started
 * with for that. When the run cannot begin, all of them reject with the same error.
 */
export class Running<R> implements PromiseLike<R>, AsyncIterable<RunEvent> {
  readonly #finished: Promise<R>;
  readonly #run: Promise<R>;
  #isWatched = false;
  /** The events so far: held until somebody asks for them, so that none is missed. */
  #unasked: Backlog | undefined;
  #last: Link;

  /** `begin` starts the run and resolves with its handle when it has ended. */
  constructor(begin: (reports: RunReports<R>) => Promise<R>) {
    this.#last = new Link();
    this.#unasked = new Backlog(this.#last);
    const { promise, resolve, reject } = deferred<R>();
    this.#run = promise;
    this.#finished = begin({
      onEvent: (event) => {
        this.#last = this.#last.append(event);
        this.#unasked?.add(event);
      },
      onRun: resolve,
    });
    this.#finished.then(
      (run) => {
        resolve(run);
        this.#last.end();
      },
      (error: unknown) => {
        reject(error);
        this.#last.end(error);
        // Somebody who waits for one of them has been told; an error that nobody would hear of must not vanish.
        if (!this.#isWatched) void Promise.reject(error);
      },
    );
    this.#run.catch(() => {});
  }

  /** The run's handle as soon as the run exists: it shows how far the run has come whenever it is asked. */
  get run(): Promise<R> {
    this.#isWatched = true;
    return this.#run;
  }

  /** The run's handle when it has ended, also when it failed: ask the handle. */
  get finished(): Promise<R> {
    this.#isWatched = true;
    return this.#finished;
  }

  // biome-ignore lint/suspicious/noThenProperty: `await runner.start()` is to wait for the end, as `await runner.run()` does.
  then<A = R, B = never>(
    fulfilled?: ((run: R) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.finished.then(fulfilled, rejected);
  }

  /**
   * The events, from the first for who asks first and from now on for who asks later. Who asks first only when there have been more than
   * 10,000, or more than 16 MB of output, gets the latest of them.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent, void, undefined> {
    this.#isWatched = true;
    let link = this.#unasked?.first ?? this.#last;
    this.#unasked = undefined;
    for (let next = await link.next; next; next = await link.next) {
      yield next.event;
      link = next.link;
    }
  }
}

interface Next {
  readonly event: RunEvent;
  readonly link: Link;
}

/** The events before anybody asks for them. Most programs never do, and a run may write without end. */
class Backlog {
  #first: Link;
  #events = 0;
  #characters = 0;

  constructor(first: Link) {
    this.#first = first;
  }

  /** What comes before the oldest that is held. */
  get first(): Link {
    return this.#first;
  }

  add(event: RunEvent): void {
    this.#events += 1;
    this.#characters += charactersOf(event);
    while (this.#events > HELD.events || this.#characters > HELD.characters) {
      const { following } = this.#first;
      if (!following) break;
      this.#events -= 1;
      this.#characters -= charactersOf(following.event);
      this.#first = following.link;
    }
  }
}

const charactersOf = (event: RunEvent): number => ('text' in event ? event.text.length : 0);

/** One place in a list of events: what comes after it is promised. Events that everybody has passed are let go. */
class Link {
  readonly next: Promise<Next | undefined>;
  /** What has come after it. */
  following: Next | undefined;
  readonly #resolve: (next: Next | undefined) => void;
  readonly #reject: (error: unknown) => void;

  constructor() {
    const { promise, resolve, reject } = deferred<Next | undefined>();
    this.next = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  append(event: RunEvent): Link {
    const link = new Link();
    this.following = { event, link };
    this.#resolve(this.following);
    return link;
  }

  /** Nothing comes any more, because of an error if there is one. */
  end(...[error]: readonly unknown[]): void {
    if (error === undefined) {
      this.#resolve(undefined);
      return;
    }
    this.next.catch(() => {});
    this.#reject(error);
  }
}

function deferred<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}
