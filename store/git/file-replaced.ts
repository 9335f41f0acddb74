/** Another file has taken the place of the one that was being read, or none has: look again from the beginning. */
export class FileReplacedError extends Error {}
