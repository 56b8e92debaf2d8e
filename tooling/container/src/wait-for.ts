import { setTimeout as delay } from "node:timers/promises";

const ASK_EVERY_MS = 150;

/**
 * Asks until the answer is yes.
 * @param what completes the sentence "waited for …"
 * @param deadlineMs rejects after it; default one minute
 */
export async function waitFor(what: string, isSo: () => Promise<boolean>, deadlineMs = 60_000): Promise<void> {
  const startedAt = Date.now();
  while (!(await isSo())) {
    if (Date.now() - startedAt > deadlineMs) throw new Error(`waited ${deadlineMs / 1000} s in vain for ${what}`);
    await delay(ASK_EVERY_MS);
  }
}
