export async function runFile(_file: string, _words: readonly string[]): Promise<void> {}
