import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { JobControl } from './job-control.ts';
import { workerMark } from './programs.ts';

/** Names this process in the marks of the programs that its workers start. */
export const PROGRAMS_TOKEN = randomBytes(8).toString('hex');

/**
 * Waits for the end of this process, of which the end of its standard input tells, and then kills the process groups of the workers that are
 * left, and the programs that have left these. A worker that computes, or waits in execFileSync, could not notice.
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM TSTP TTIN TTOU
left=' '
while read -r word pid; do
  case $word in
    +) left="$left$pid " ;;
    -) left="\${left%% $pid *} \${left#* $pid }" ;;
  esac
done
# Stopped, a worker starts nothing more while its programs are looked for: those it has started, and what these have started.
for pid in $left; do kill -s STOP "$pid"; done
token=$1
family=$left
for round in 1 2 3 4 5 6 7 8; do
  known=$family
  for file in /proc/[0-9]*/stat; do
    read -r line < "$file" || continue
    set -- \${line##*) }
    case $family in *" $2 "*) ;; *) continue ;; esac
    one=\${file#/proc/}
    one=\${one%/stat}
    case $family in *" $one "*) ;; *) family="$family$one " ;; esac
  done
  [ "$family" != "$known" ] || break
done
for pid in $left; do kill -s KILL -- "-$pid"; done
for pid in $family; do kill -s KILL "$pid"; done
for pid in $left; do
  for round in 1 2 3 4 5 6 7 8; do
    found=$(grep -lsF "$token.$pid." /proc/[0-9]*/environ)
    [ -n "$found" ] || break
    for file in $found; do
      one=\${file#/proc/}
      kill -s KILL "\${one%/environ}"
    done
  done
done
`;

/** How often the guard is started again should somebody end it. */
const STARTS = 3;

/**
 * Sees to it that no worker of this process outlives it, nor what a worker has started, however this process ends. A shell does it, as the
 * smallest process there is everywhere. Without one, a worker ends when it next looks at its messages.
 */
class WorkerGuard {
  readonly #watched = new Set<number>();
  readonly #jobControl = new JobControl(this.#watched);
  #guard: ChildProcess | undefined;
  #starts = 0;

  /** A worker lives, which leads a process group. */
  watch(pid: number): void {
    if (pid === 0) return;
    if (this.#watched.size === 0) this.#jobControl.begin();
    this.#watched.add(pid);
    if (this.#guard) this.#tell(`+ ${pid}`);
  }

  /** A worker and all it has started have ended, or it is about to see to that itself. */
  release(pid: number): void {
    if (!this.#watched.delete(pid)) return;
    this.#tell(`- ${pid}`);
    if (this.#watched.size === 0) this.#jobControl.end();
  }

  /** Starts the guard, unless there is one. */
  start(): void {
    if (this.#guard || this.#starts === STARTS || process.platform === 'win32') return;
    this.#starts += 1;
    let guard: ChildProcess;
    try {
      guard = spawn('/bin/sh', ['-c', SCRIPT, 'oxbow-guard', PROGRAMS_TOKEN], {
        // Whoever ends the process group of this process must not end the guard with it.
        detached: true,
        cwd: '/',
        stdio: ['pipe', 'ignore', 'ignore'],
      });
    } catch {
      // As many processes or files as there may be: the next worker asks again.
      return;
    }
    const gone = (): void => {
      if (this.#guard === guard) this.#guard = undefined;
      if (guard.pid !== undefined && this.#watched.size > 0) this.start();
    };
    guard.once('error', gone);
    guard.once('exit', gone);
    guard.stdin?.on('error', () => {});
    guard.unref();
    (guard.stdin as { unref?(): void } | null)?.unref?.();
    this.#guard = guard;
    for (const pid of this.#watched) this.#tell(`+ ${pid}`);
  }

  #tell(line: string): void {
    this.#guard?.stdin?.write(`${line}\n`);
  }
}

/** The guard of this process's workers. */
export const workerGuard = new WorkerGuard();

/** The mark of all that a worker of this process starts. */
export const markOfWorker = (pid: number): string => workerMark(PROGRAMS_TOKEN, pid);
