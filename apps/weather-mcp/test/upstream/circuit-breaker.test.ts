import { describe, expect, test } from "vitest";
import { CircuitBreaker } from "../../src/upstream/circuit-breaker.ts";
import { manualClock } from "../support/manual-clock.ts";

function breakerWith() {
  const clock = manualClock("2026-07-15T20:10:00Z");
  const breaker = new CircuitBreaker(clock, { failures: 5, windowMs: 60_000, openMs: 60_000 });
  const fail = (times: number) => {
    for (let count = 0; count < times; count++) breaker.failed();
  };
  return { clock, breaker, fail };
}

describe("circuit breaker", () => {
  test("it opens with the fifth failure within a minute", () => {
    const { breaker, fail } = breakerWith();
    fail(4);
    expect(breaker.take()).toBe(0);
    fail(1);
    expect(breaker.take()).toBe(60_000);
  });

  test("failures that are far apart do not open it", () => {
    const { breaker, fail, clock } = breakerWith();
    for (let round = 0; round < 5; round++) {
      fail(4);
      clock.advance(60_000);
    }
    expect(breaker.take()).toBe(0);
  });

  test("a success makes it forget", () => {
    const { breaker, fail } = breakerWith();
    fail(4);
    breaker.succeeded();
    fail(4);
    expect(breaker.take()).toBe(0);
  });

  test("after a minute one request may probe, and its success closes it", () => {
    const { breaker, fail, clock } = breakerWith();
    fail(5);
    clock.advance(60_000);
    expect(breaker.take()).toBe(0);
    expect(breaker.take()).toBeGreaterThan(0);
    breaker.succeeded();
    expect(breaker.take()).toBe(0);
    expect(breaker.take()).toBe(0);
  });

  test("a probe that fails opens it again; one that is cancelled makes room for the next", () => {
    const { breaker, fail, clock } = breakerWith();
    fail(5);
    clock.advance(60_000);
    breaker.take();
    breaker.released();
    expect(breaker.take()).toBe(0);
    breaker.failed();
    expect(breaker.take()).toBe(60_000);
  });
});
