import { join } from 'node:path';
import { readPlainFile } from './native-files.ts';

/** One setting: `core.bare`, or `remote.origin.url`; section and key in lower case, what is between them as it is. */
export interface Setting {
  readonly name: string;
  /** Undefined for a key alone, which means true. */
  readonly value: string | undefined;
}

/** A config file that native git would refuse to read, and with it the whole repository. */
export class ConfigSyntaxError extends Error {
  readonly line: number;

  constructor(line: number) {
    super(`has a line ${line} that git cannot read`);
    this.line = line;
  }
}

/** The settings of a repository's own config file, in order; without includes. Throws a {@link ConfigSyntaxError}. */
export function readConfig(path: string): Setting[] {
  const bytes = readPlainFile(join(path, 'config'));
  return bytes === undefined ? [] : parseConfig(bytes);
}

/** Parses a file in the format of git's config files. Throws a {@link ConfigSyntaxError}. */
export function parseConfig(bytes: Buffer): Setting[] {
  return new ConfigParser(bytes).parse();
}

/** What a key says last; undefined when it is not set. */
export const lastOf = (settings: readonly Setting[], name: string): Setting | undefined =>
  settings.findLast((setting) => setting.name === name);

/** A boolean as git reads it; undefined for text that is none. */
export function booleanOf({ value }: Setting): boolean | undefined {
  if (value === undefined || /^(?:true|yes|on)$/i.test(value)) return true;
  if (/^(?:false|no|off|)$/i.test(value)) return false;
  const number = integerOf(value);
  return number === undefined ? undefined : number !== 0;
}

/** A whole number with git's units k, m and g; undefined for text that is none. */
export function integerOf(value: string): number | undefined {
  const [, digits, unit = ''] = /^\s*([+-]?(?:0x[0-9a-f]+|\d+))([kmg]?)$/i.exec(value) ?? [];
  if (digits === undefined) return undefined;
  const sign = digits.startsWith('-') ? -1 : 1;
  const size = digits.replace(/^[+-]/, '');
  const number = /^0\d/.test(size) ? Number.parseInt(size, 8) : Number(size);
  return sign * number * (1 << (10 * ' kmg'.indexOf(unit.toLowerCase() || ' ')));
}

const END = '';
const isSpace = (sign: string): boolean => /^[ \t\r\n]$/.test(sign);
const isKey = (sign: string): boolean => /^[A-Za-z0-9-]$/.test(sign);

class ConfigParser {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #section = '';

  constructor(bytes: Buffer) {
    const text = bytes.toString('latin1');
    this.#text = text.startsWith('\xef\xbb\xbf') ? text.slice(3) : text;
  }

  parse(): Setting[] {
    const settings: Setting[] = [];
    for (let sign = this.#next(); sign !== END; sign = this.#next()) {
      if (isSpace(sign)) continue;
      if (sign === '#' || sign === ';') this.#skipLine();
      else if (sign === '[') this.#section = this.#header();
      else if (/^[A-Za-z]$/.test(sign) && this.#section !== '') settings.push(this.#setting(sign));
      else throw this.#wrong();
    }
    return settings;
  }

  #header(): string {
    let name = '';
    for (;;) {
      const sign = this.#next();
      if (sign === ']') break;
      if (sign === ' ' || sign === '\t') return `${name.toLowerCase()}.${this.#quoted()}`;
      if (!isKey(sign) && sign !== '.') throw this.#wrong();
      name += sign.toLowerCase();
    }
    if (name === '') throw this.#wrong();
    return name;
  }

  #quoted(): string {
    let sign = this.#next();
    while (sign === ' ' || sign === '\t') sign = this.#next();
    if (sign !== '"') throw this.#wrong();
    let name = '';
    for (sign = this.#next(); sign !== '"'; sign = this.#next()) {
      if (sign === '\\') sign = this.#next();
      if (sign === END || sign === '\n') throw this.#wrong();
      name += sign;
    }
    if (this.#next() !== ']') throw this.#wrong();
    return name;
  }

  #setting(first: string): Setting {
    let key = first.toLowerCase();
    let sign = this.#next();
    for (; isKey(sign); sign = this.#next()) key += sign.toLowerCase();
    while (sign === ' ' || sign === '\t') sign = this.#next();
    const name = `${this.#section}.${key}`;
    if (sign === '\n' || sign === END) return { name, value: undefined };
    if (sign !== '=') throw this.#wrong();
    // To git a value ends at a NUL.
    const [value = ''] = this.#value().split('\0', 1);
    return { name, value };
  }

  #value(): string {
    let value = '';
    let spaces = '';
    let quoted = false;
    for (let sign = this.#next(); ; sign = this.#next()) {
      if (sign === '\n' || sign === END) {
        if (quoted) throw this.#wrong();
        return value;
      }
      if (!quoted && isSpace(sign)) {
        if (value !== '') spaces += sign;
        continue;
      }
      if (!quoted && (sign === '#' || sign === ';')) {
        this.#skipLine();
        return value;
      }
      value += spaces;
      spaces = '';
      if (sign === '"') quoted = !quoted;
      else if (sign === '\\') value += this.#escaped();
      else value += sign;
    }
  }

  #escaped(): string {
    const sign = this.#next();
    if (sign === '\n') return '';
    const meant = { t: '\t', b: '\b', n: '\n', '\\': '\\', '"': '"' }[sign];
    if (meant === undefined) throw this.#wrong();
    return meant;
  }

  #skipLine(): void {
    for (let sign = this.#next(); sign !== '\n' && sign !== END; ) sign = this.#next();
  }

  #next(): string {
    const sign = this.#text[this.#at] ?? END;
    this.#at += 1;
    if (sign === '\r' && this.#text[this.#at] === '\n') return this.#next();
    if (sign === '\n') this.#line += 1;
    return sign;
  }

  #wrong(): ConfigSyntaxError {
    // The line feed that should not be there has been counted.
    return new ConfigSyntaxError(this.#text[this.#at - 1] === '\n' ? this.#line - 1 : this.#line);
  }
}
