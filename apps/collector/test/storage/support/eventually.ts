import { setTimeout } from "node:timers/promises";
import { expect } from "vitest";
import { StorageUnavailableError } from "../../../src/storage/errors.ts";

const RETRY_MS = 20;

/** Retries until it works, as clients do. Any error but `StorageUnavailableError` fails the test. */
export async function eventually(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      expect(error).toBeInstanceOf(StorageUnavailableError);
      await setTimeout(RETRY_MS);
    }
  }
}

/** Asks until the response has rows. */
export async function untilRows(ask: () => PromiseLike<readonly unknown[]>): Promise<void> {
  while ((await ask()).length === 0) await setTimeout(RETRY_MS);
}
