/** Flow files that tests of the command line run. */

/** A linear flow with one of everything that `show` tells. */
export const PLAIN = `import { FlowSpec, type Inputs, JSONType, Parameter, step } from 'oxbow';

/** Says hello to some people. */
export default class PlainFlow extends FlowSpec {
  greeting = Parameter('greeting', { help: 'What to say', default: 'hello' });
  times = Parameter('times', { type: Number, required: true });
  loud = Parameter('loud', { help: 'Shout', default: false });
  names = Parameter('names', { separator: ',', default: 'Ann,Bob' });
  settings = Parameter('settings', { type: JSONType, default: '{"lr": 0.1}' });
  when = Parameter('when', { default: () => 'now' });

  declare people: string[];
  declare line: string;
  declare lines: string[];

  // Whom to greet.
  @step start() {
    this.people = this.names;
    console.log('greeting', this.people.length);
    this.next(this.greet, { foreach: 'people' });
  }

  @step greet() {
    this.line = \`\${this.greeting} \${this.input}\`.repeat(this.times);
    console.log(this.loud ? this.line.toUpperCase() : this.line);
    this.next(this.join);
  }

  @step join(inputs: Inputs<PlainFlow>) {
    this.lines = inputs.map((input) => input.line);
    this.next(this.end);
  }

  @step end() {
    console.error('careful');
  }
}
`;

/** A flow whose first step fails two calls deep, for a reason. */
export const FAILING = `import { FlowSpec, step } from 'oxbow';

function inner(value: unknown): number {
  return (value as { norm(): number }).norm();
}

export default class FailingFlow extends FlowSpec {
  declare norm: number;

  @step start() {
    console.log('before');
    try {
      this.norm = inner({});
    } catch (cause) {
      throw new RangeError('no norm', { cause });
    }
    this.next(this.end);
  }

  @step end() {}
}
`;

/** A flow whose tasks take as long as they are told. */
export const SLOW = `import { FlowSpec, Parameter, step, type Inputs } from 'oxbow';

export default class SlowFlow extends FlowSpec {
  ms = Parameter('ms', { default: 60000 });
  declare items: number[];

  @step start() {
    this.items = [0, 1, 2, 3, 4, 5, 6, 7];
    this.next(this.wait, { foreach: 'items' });
  }

  @step async wait() {
    console.log('waiting');
    await new Promise((resolve) => setTimeout(resolve, this.ms));
    this.next(this.join);
  }

  @step join(_inputs: Inputs<SlowFlow>) {
    this.next(this.end);
  }

  @step end() {}
}
`;

/** A flow with three problems. */
export const WRONG = `import { FlowSpec, step } from 'oxbow';

export default class WrongFlow extends FlowSpec {
  @step start() {
    this.next(this.a, this.b);
  }
  @step a() {
    this.next(this.end);
  }
  @step b() {}
  @step lost() {
    this.next(this.end);
  }
  @step end() {}
}
`;

/** A flow with a switch, a loop and a static branch. */
export const WINDING = `import { FlowSpec, step, type Inputs } from 'oxbow';

export default class WindingFlow extends FlowSpec {
  count = 0;
  verdict = 'again';

  @step start() {
    this.next(this.try);
  }

  /**
   * Tries until it is good enough,
   * which takes a while.
   */
  @step try() {
    this.count += 1;
    this.verdict = this.count < 3 ? 'again' : 'good';
    this.next({ again: this.try, good: this.both }, { condition: 'verdict' });
  }

  @step both() {
    this.next(this.left, this.right);
  }

  @step left() {
    this.next(this.join);
  }

  @step right() {
    this.next(this.join);
  }

  @step join(inputs: Inputs<WindingFlow>) {
    this.mergeArtifacts(inputs);
    this.next(this.end);
  }

  @step end() {}
}
`;

/** A flow that leaves one artifact of each kind. */
export const VALUES = `import { tableFromArrays } from 'apache-arrow';
import { FlowSpec, step } from 'oxbow';

export default class ValuesFlow extends FlowSpec {
  text = 'line\\nesc \\x1b[31mred\\x1b]0;title\\x07 日本語';
  config = { opt: { lr: 0.1 }, history: [1, 2, 3] };
  big = 2n ** 70n;
  nothing = undefined;
  map = new Map([['a', 1]]);
  bytes = Buffer.from([0, 1, 254, 255]);
  numbers = new Float64Array([1.5, NaN]);
  table = tableFromArrays({ id: [1, 2, 3], name: ['x', '日本', 'z'] });

  @step start() {
    this.next(this.end);
  }

  @step end() {}
}
`;

/** A flow whose tasks write what could harm a terminal, and then fail with it. */
export const HOSTILE = String.raw`import { FlowSpec, step } from 'oxbow';

export default class HostileFlow extends FlowSpec {
  name = 'evil\x1b]0;title\x07\u202e';

  @step start() {
    process.stdout.write('10 %\r50 %\r100 %\n');
    process.stdout.write('\x1b[2Jcleared \x1b[31mred\x1b[0m\n');
    process.stderr.write('no end of line');
    this.next(this.fail);
  }

  @step fail() {
    if (this.name !== '') throw new Error('bad \x1b[2J message\nof two lines');
    this.next(this.end);
  }

  @step end() {}
}
`;
