/** One line on stderr, so that stdout stays free for results. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
