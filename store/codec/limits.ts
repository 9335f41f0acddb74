/** The numbers that decide how a value is laid out. Changing one changes digests, except where it says otherwise. */

/** Pure JSON whose canonical text has fewer bytes than this is one readable blob; so is a skeleton below it. */
export const SMALL_TEXT = 64 * 1024;

/** A string of this many UTF-16 units or more becomes a part of its own. */
export const LONG_STRING = 64 * 1024;

/** An array of this many plain numbers or more becomes a part of its own, outside small pure JSON. */
export const LONG_NUMBERS = 1024;

/** Binary data of at most this many bytes stays in the skeleton. */
export const INLINE_BYTES = 1024;

/** How deep a value may nest. On the default stack twice this still works, through the most expensive nesting. */
export const MAX_DEPTH = 500;

/** Largest chunk of a part in bytes; zstd-codec dies on much larger ones. Digests do not depend on it. */
export const MAX_CHUNK = 1024 * 1024;
