import { after, before } from 'node:test';
import { FlowRig } from './rig/flow-rig.ts';
import { PLAIN, VALUES } from './rig/flows.ts';
import { type Golden, goldenTests } from './rig/golden.ts';

let rig: FlowRig;

before(() => {
  rig = FlowRig.create();
  rig.write('plain.ts', PLAIN);
  rig.write('values.ts', VALUES);
});
after(() => rig[Symbol.dispose]());

/** What `flow --help` prints, in a pipe as on 80 columns. */
const HELP = `Usage: flow [options] [command]

Runs flows and shows what they left.

Options:
  -V, --version                     Show the version
  -h, --help                        Show help

Commands:
  init [DIR]                        Make a new project
  run [options] <FILE>              Run a flow
  resume [options] <FILE> [STEP]    Resume a run that failed, was interrupted or
                                    crashed
  spin [options] <ADDRESS> [FILE]   Run one task of a run again, alone
  show [options] <FILE|ADDRESS>     Show the steps of a flow file, or a run,
                                    step, task or artifact
  check [options] <FILE>            Look for mistakes in a flow file
  runs [options] [FLOW]             List runs, newest first
  cat [options] <ADDRESS>           Print the value of an artifact
  logs [options] <ADDRESS>          Print what tasks wrote
  diff [options] <A> [B] [PATH...]  Show what differs between two runs, steps,
                                    tasks or artifacts
  log [options] <ADDRESS>           Show the runs in which a value changed
  blame [options] <ADDRESS>         Show where a value was first made
  lineage [options] <ADDRESS>       Show what a value was made from and where it
                                    was used
  bisect [options] <GOOD> <BAD>     Find the first run for which a condition
                                    holds
  compare [options] <RUN> <RUN...>  Lay several runs side by side
  export [options] <FLOW|ADDRESS>   Write runs or an artifact as a table
  plot [options] <FLOW|ADDRESS...>  Draw runs or the values of artifacts
  query [options] <SQL>             Ask the store in SQL
  why [options] <ADDRESS>           Say why tasks were executed or reused
  code [options] <ADDRESS>          List or write out the code of a run
  tag                               Tag runs, or show their tags
  gc [options] [FLOW...]            Delete runs and free what they held
  fsck [options]                    Check every byte of the store
  du [options] [FLOW|ADDRESS]       Show what takes how much space
  completion <SHELL>                Print what a shell needs to complete flow
  help [command]                    Show help of a command

With every command:
  --width N     write for a terminal of N columns
  --ascii       only ASCII characters
  --color WHEN  auto, always or never
  --no-pager    do not show long output through $FLOW_PAGER or $PAGER

FILE and ADDRESS:
  file.ts                   a flow file; file.ts#Class when it holds several
                            flows
  ForeachFlow               the latest run of a flow; ForeachFlow~1 the one
                            before
  ForeachFlow@ok            the latest successful run; @failed, @TAG: that
                            failed, with a tag
  ForeachFlow/20261122      the run whose id starts with this
  ForeachFlow/latest/a/2    a task; ForeachFlow/latest/a its step, * all tasks
  ForeachFlow@ok/end/0/cfg  an artifact; cfg#opt.lr a part of its value`;

/** What is printed of help. */
const GOLDENS: readonly Golden[] = [
  {
    words: 'run plain.ts --help',
    prints: `Usage: flow run plain.ts [--PARAMETER VALUE]... [options]

PlainFlow
Says hello to some people.

Parameters
  --greeting TEXT    What to say
                     (default: hello; env OXBOW_RUN_GREETING)
  --times NUMBER     (required; env OXBOW_RUN_TIMES)
  --loud, --no-loud  Shout
                     (default: false; env OXBOW_RUN_LOUD)
  --names LIST       (default: Ann,Bob; separated by ",", may be repeated; env
                     OXBOW_RUN_NAMES)
  --settings JSON    (default: {"lr": 0.1}; env OXBOW_RUN_SETTINGS)
  --when TEXT        (default: computed when the run starts; env OXBOW_RUN_WHEN)

Options
  --tag TAG            Give the run a tag; may be repeated
  --max-workers N      Run at most N tasks at a time (default: the number of
                       cores, at least 4)
  --max-num-splits N   Refuse a foreach wider than N (default: 100000)
  --max-log-size SIZE  Truncate longer logs in the middle, e.g. 100MB, 1G, 10 (=
                       10 MB)
  --run-id-file FILE   Write the id of the run to FILE as soon as it exists
  --store DIR          Keep the run in this store (default: the nearest .flow
                       upward)
  --reuse              Reuse tasks of recent runs whose code and inputs are the
                       same; files that a step opens are not compared
  --dry-run            Say what would be executed, and why, and execute nothing
  --quiet              Print only what the tasks write
  -h, --help           Show the parameters of the flow and these options`,
  },
  {
    words: 'run values.ts --help',
    columns: 50,
    prints: `Usage: flow run values.ts [--PARAMETER VALUE]...
[options]

ValuesFlow

Options
  --tag TAG
      Give the run a tag; may be repeated
  --max-workers N
      Run at most N tasks at a time (default: the
      number of cores, at least 4)
  --max-num-splits N
      Refuse a foreach wider than N (default:
      100000)
  --max-log-size SIZE
      Truncate longer logs in the middle, e.g.
      100MB, 1G, 10 (= 10 MB)
  --run-id-file FILE
      Write the id of the run to FILE as soon as
      it exists
  --store DIR
      Keep the run in this store (default: the
      nearest .flow upward)
  --reuse
      Reuse tasks of recent runs whose code and
      inputs are the same; files that a step opens
      are not compared
  --dry-run
      Say what would be executed, and why, and
      execute nothing
  --quiet
      Print only what the tasks write
  -h, --help
      Show the parameters of the flow and these
      options`,
  },
  {
    words: '--help',
    prints: HELP,
  },
  {
    words: '--help',
    columns: 80,
    prints: HELP,
  },
  {
    words: 'cat --help',
    columns: 50,
    prints: `Usage: flow cat [options] <ADDRESS>

Prints the value of an artifact, or the part of it
that #path leads to. On a terminal laid out for
reading; else strings and Buffers as they are,
tables as one JSON object a row, other values as
JSON.

Options:
  --store <DIR>  Read this store (default: the
                 nearest .flow upward)
  --all-users    See everybody's runs, not only
                 your own
  --json         Print a JSON document
                 (oxbow.cat/1)
  -h, --help     Show help

As JSON:
  NaN, bigint
      strings: "NaN", "Infinity",
      "12345678901234567890"
  Date, URL, RegExp
      strings; dates in ISO 8601
  Map
      an object when all keys are strings, else a
      list of [key, value]
  Set, typed array
      a list
  Buffer
      base64 within a value, bytes on its own
  Error
      an object with name, message, cause and its
      own fields
  Arrow table
      a list of rows within a value, one row a
      line on its own
  undefined
      null, but left out of objects
  cycle
      { "$ref": "#path" } with the path of the
      value that holds itself`,
  },
  {
    words: '--version',
    prints: `<version>`,
  },
  {
    words: 'run --help',
    prints: `Usage: flow run FILE [--PARAMETER VALUE]... [options]

Runs a flow. Parameters are given as --name VALUE; flow run FILE --help lists
them.

Options:
  --tag <TAG>                 Give the run a tag; may be repeated
  --max-workers <N>           Run at most N tasks at a time (default: the number
                              of cores, at least 4)
  --max-num-splits <N>        Refuse a foreach wider than N (default: 100000)
  --max-log-size <SIZE>       Truncate longer logs in the middle, e.g. 100MB,
                              1G, 10 (= 10 MB)
  --run-id-file <FILE>        Write the id of the run to FILE as soon as it
                              exists
  --store <DIR>               Keep the run in this store (default: the nearest
                              .flow upward)
  --config <NAME FILE>        Read the flow's config NAME from FILE; may be
                              repeated
  --config-value <NAME JSON>  Give the flow's config NAME as JSON; may be
                              repeated
  --reuse                     Reuse tasks of recent runs whose code and inputs
                              are the same; files that a step opens are not
                              compared
  --dry-run                   Say what would be executed, and why, and execute
                              nothing
  --quiet                     Print only what the tasks write
  -h, --help                  Show the parameters of the flow and these options`,
  },
];

goldenTests(() => rig, GOLDENS);
