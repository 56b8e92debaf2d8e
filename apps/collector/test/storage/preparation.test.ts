import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Preparation } from "../../src/storage/preparation.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("tries again until it succeeds, and reports a run of failures once", async () => {
  let tries = 0;
  const errors: unknown[] = [];
  const preparation = new Preparation(
    async () => {
      tries += 1;
      if (tries < 4) throw new Error("out");
    },
    { onError: (error) => errors.push(error), retryMs: () => 500 },
  );
  expect(await preparation.start()).toBe(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([tries, errors.length]).toEqual([4, 1]);
});

it("tries no more after a stop", async () => {
  let tries = 0;
  const preparation = new Preparation(
    () => {
      tries += 1;
      return Promise.reject(new Error("out"));
    },
    { onError: () => {}, retryMs: () => 500 },
  );
  await preparation.start();
  preparation.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([tries, vi.getTimerCount()]).toEqual([1, 0]);
});
