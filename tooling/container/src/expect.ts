/** Throws unless both are the same. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
}

/** Throws unless it holds. */
export function expectTrue(what: string, holds: boolean): asserts holds {
  if (!holds) throw new Error(`not so: ${what}`);
}
