import { describe, expect, test } from "vitest";
import { clockOffsetMs } from "../../src/delivery/clock-offset.ts";

describe("clock offset", () => {
  const at = Date.UTC(2026, 0, 1, 12, 0, 0);

  test("is what the collector is ahead, to half a second", () => {
    expect(clockOffsetMs("Thu, 01 Jan 2026 12:00:10 GMT", at, at + 20)).toBe(10_490);
    expect(clockOffsetMs("Thu, 01 Jan 2026 11:59:00 GMT", at, at)).toBe(-59_500);
  });

  test.each([undefined, "", "yesterday"])("is not a number for %j", (date) => {
    expect(clockOffsetMs(date, at, at)).toBeNaN();
  });
});
