/** One thing to try: its name, the Node it needs, and how it goes. */
export interface Trial {
  readonly name: string;
  /** Major version. */
  readonly node: number;
  /** The promises that were broken; undefined where it cannot be tried here. */
  readonly run: (nodePath: string) => Promise<readonly string[] | undefined>;
}

export interface Summary {
  readonly cases: number;
  readonly passed: number;
  readonly skipped: number;
  readonly failures: readonly { readonly case: string; readonly problems: readonly string[] }[];
}

/** Two at a time: most of a case is waiting, and more would slow each other. */
const AT_ONCE = 2;

/** @param tell told of each result as it comes */
export async function runTrials(
  trials: readonly Trial[],
  nodes: ReadonlyMap<number, string>,
  tell: (line: string) => void,
): Promise<Summary> {
  const failures: { case: string; problems: readonly string[] }[] = [];
  let skipped = 0;
  const waiting = [...trials];
  async function work(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const nodePath = nodes.get(next.node);
      const problems = nodePath && (await next.run(nodePath).catch((error) => [String(error).slice(0, 500)]));
      if (!problems) {
        skipped++;
        tell(`skipped  ${next.name}`);
        continue;
      }
      if (problems.length > 0) failures.push({ case: next.name, problems });
      tell(`${problems.length > 0 ? "FAILED " : "passed "}  ${next.name}  ${problems.join("; ")}`);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { cases: trials.length, passed: trials.length - skipped - failures.length, skipped, failures };
}
