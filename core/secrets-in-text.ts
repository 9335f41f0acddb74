/** What stands in the place of a secret. */
export const MASK = '***';

/**
 * A text without what looks like a secret: passwords in URLs, credentials of an Authorization header, parameters of queries
 * and settings whose names say so, and keys of the shapes that services give theirs.
 */
export const withoutSecrets = (text: string): string =>
  PATTERNS.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);

/** Whether the name of a property says that its value is a secret: a number of tokens is none. */
export const isSecretName = (name: string, value: unknown): boolean =>
  typeof value === 'string'
    ? SECRET_NAME.test(name) || WHOLE_NAME.test(name)
    : typeof value === 'object' && value !== null && SECRET_NAME.test(name);

const WORDS = [
  'authorization|passwor[dt]|passwd|passphrase|secrets?|cookies?|credentials?',
  '(?:access|auth|bearer|id|refresh|session|api|private|secret|signing|csrf|xsrf)[-_]?(?:tokens?|keys?)',
].join('|');
const SECRET_NAME = new RegExp(WORDS, 'i');
const WHOLE_NAME = /^(?:x-)?(?:auth|pwd|pass|token|tokens|apikey|signature|sig)$/i;

const NAMES = `(?:${WORDS}|token|sig|signature)`;

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/(\b[a-z][a-z\d+.-]{0,30}:\/\/[^\s/:@'"]{0,200}:)[^\s/@'"]{1,500}@/gi, `$1${MASK}@`],
  [/\b(Bearer|Basic|Token)(\s+)[\w.~+/=-]{12,}/g, `$1$2${MASK}`],
  // As a setting or in a query, in JSON, and as a header: there words may follow, which have no digits.
  [new RegExp(`((?:[?&;\\s"']|^)${NAMES}=["']?)[^\\s&"',;]{4,}`, 'gi'), `$1${MASK}`],
  [new RegExp(`(["']${NAMES}["']\\s?:\\s?["'])[^"']{1,500}`, 'gi'), `$1${MASK}`],
  [new RegExp(`(\\b(?:${WORDS}):\\s?)(?=\\S{0,500}\\d)[^\\s"',;]{8,}`, 'gi'), `$1${MASK}`],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MASK],
  [
    /\bsk-[\w-]{20,}|\b[spr]k_(?:live|test)_\w{10,}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}/g,
    MASK,
  ],
  [/\bxox[abeoprs]-[\w-]{10,}|\bA(?:KI|SI)A[A-Z\d]{16}\b|\bAIza[\w-]{30,}|\bnpm_\w{30,}/g, MASK],
];
