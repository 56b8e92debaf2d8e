/** Whether a value keeps to a grammar of the wire; one that is missing is empty. */
export function matches(pattern: string, value = ""): boolean {
  return new RegExp(pattern).test(value);
}
