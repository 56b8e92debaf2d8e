import { setTimeout as wait } from "node:timers/promises";
import { CaseError } from "../../src/cases/run-cases.ts";

const LOOK_AGAIN_MS = 20;

/**
 * Waits for a condition that comes by itself; returns how long it took, in ms.
 *
 * @throws CaseError when it has not come in time
 */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  otherwise: string,
  deadlineMs = 15_000,
): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    const askedMs = performance.now();
    // It counts from when it was asked: what was true then was true in time, however long the answer took.
    if (await isSo()) return askedMs - startMs;
    if (performance.now() - startMs > deadlineMs) throw new CaseError(`${otherwise} within ${deadlineMs / 1000} s`);
    await wait(LOOK_AGAIN_MS);
  }
}
