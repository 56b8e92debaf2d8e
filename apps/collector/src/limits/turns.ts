/** Runs work of one name, at most so much of it at once; the rest waits for its turn. */
export type InTurn = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

interface Running {
  count: number;
  readonly waiting: (() => void)[];
}

/** @param maxAtOnce per name */
export function createTurns(maxAtOnce: number): InTurn {
  const names = new Map<string, Running>();

  return async (name, work) => {
    let running = names.get(name);
    if (running === undefined) {
      running = { count: 0, waiting: [] };
      names.set(name, running);
    }
    const { waiting } = running;
    if (running.count < maxAtOnce) running.count++;
    // Whoever ends hands its place on, so the count stays.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next !== undefined) next();
      else if (--running.count === 0) names.delete(name);
    }
  };
}
