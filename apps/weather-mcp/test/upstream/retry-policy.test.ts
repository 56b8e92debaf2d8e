import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs, retryAfterMs } from "../../src/upstream/retry-policy.ts";

describe("retry policy", () => {
  test("pauses are spread between 0.3 and 2 s", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (chance) => {
        const pause = backoffMs(() => chance);
        expect(pause).toBeGreaterThanOrEqual(300);
        expect(pause).toBeLessThan(2_000);
      }),
    );
    expect(backoffMs(() => 0)).not.toBe(backoffMs(() => 0.9));
  });

  test("Retry-After is read as seconds and as a date", () => {
    const now = Date.UTC(2026, 6, 15, 20, 10);
    expect(retryAfterMs("5", now)).toBe(5_000);
    expect(retryAfterMs("Wed, 15 Jul 2026 20:11:00 GMT", now)).toBe(60_000);
    expect(retryAfterMs("Wed, 15 Jul 2026 20:09:00 GMT", now)).toBe(0);
    expect(retryAfterMs(null, now)).toBeUndefined();
    expect(retryAfterMs("soon", now)).toBeUndefined();
  });

  test("no word of a service switches it off for more than a day", () => {
    const now = Date.UTC(2026, 6, 15, 20, 10);
    for (const slip of ["999999999", "999999999999", "Wed, 15 Jul 2126 20:11:00 GMT"])
      expect(retryAfterMs(slip, now)).toBe(86_400_000);
  });
});
