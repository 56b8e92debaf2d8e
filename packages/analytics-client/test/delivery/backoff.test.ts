import { expect, test } from "vitest";
import { BREAKER_THRESHOLD, backoffMs } from "../../src/delivery/backoff.ts";

test("is anything up to twice the last bound, until the breaker opens", () => {
  for (let failures = 1; failures < BREAKER_THRESHOLD; failures++) {
    expect(backoffMs(failures, 0)).toBe(0);
    expect(backoffMs(failures, 1)).toBe(500 * 2 ** failures);
  }
});

test("an open breaker always waits at least half its pause, and at most five minutes", () => {
  expect(backoffMs(BREAKER_THRESHOLD, 0)).toBe(15_000);
  expect(backoffMs(BREAKER_THRESHOLD, 1)).toBe(30_000);
  expect(backoffMs(1_000, 1)).toBe(300_000);
});
