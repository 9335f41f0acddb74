import { signalGroup } from './process-table.ts';

/**
 * Has the process groups of workers stop and continue with this process. Ctrl-Z on a terminal reaches the group of this process alone, and
 * whoever presses it wants the work to stop.
 */
export class JobControl {
  readonly #leaders: Iterable<number>;

  /** `leaders` are the pids that name the groups. */
  constructor(leaders: Iterable<number>) {
    this.#leaders = leaders;
  }

  /** Listens from now on. */
  begin(): void {
    if (process.platform === 'win32') return;
    process.on('SIGTSTP', this.#stop);
    process.on('SIGCONT', this.#continue);
  }

  /** Listens no more. */
  end(): void {
    process.off('SIGTSTP', this.#stop);
    process.off('SIGCONT', this.#continue);
  }

  readonly #stop = (): void => {
    // A group without a terminal takes no notice of SIGTSTP.
    this.#signal('SIGSTOP');
    // A program that listens too decides itself whether it stops.
    if (process.listenerCount('SIGTSTP') === 1) process.kill(process.pid, 'SIGSTOP');
  };

  readonly #continue = (): void => this.#signal('SIGCONT');

  #signal(signal: NodeJS.Signals): void {
    for (const leader of this.#leaders) signalGroup(leader, signal);
  }
}
