import { expect, test } from "vitest";
import { BreakerOpenError, createCircuitBreaker } from "../../src/limits/circuit-breaker.ts";
import { SimulatedClock } from "./simulated-clock.ts";

function open() {
  const clock = new SimulatedClock();
  const changes: boolean[] = [];
  let calls = 0;
  const breaker = createCircuitBreaker({ now: clock.now, onChange: (out) => changes.push(out) });
  const call = (succeeds: boolean) =>
    breaker
      .run(async () => {
        calls++;
        if (!succeeds) throw new Error("out");
      })
      .then(
        () => "done",
        (error: Error) => error.name,
      );
  return { clock, changes, breaker, call, calls: () => calls };
}

test("five failures in a row open it, and then nothing is called", async () => {
  const { call, calls, changes } = open();
  for (let i = 0; i < 5; i++) expect(await call(false)).toBe("Error");
  expect(await call(true)).toBe(BreakerOpenError.name);
  expect(calls()).toBe(5);
  expect(changes).toEqual([true]);
});

test("every other call failing opens it too, and a few failures among many do not", async () => {
  const half = open();
  for (let i = 0; i < 20; i++) await half.call(i % 2 === 0);
  expect(half.breaker.open).toBe(true);
  const few = open();
  for (let i = 0; i < 200; i++) await few.call(i % 3 !== 0);
  expect(few.breaker.open).toBe(false);
});

test("after two seconds one call tries; it closes again only if that one succeeds", async () => {
  const { clock, call, changes, breaker } = open();
  for (let i = 0; i < 5; i++) await call(false);
  clock.advance(1_999);
  expect(await call(true)).toBe(BreakerOpenError.name);
  clock.advance(1);
  expect(await call(false)).toBe("Error");
  expect(await call(true)).toBe(BreakerOpenError.name);
  clock.advance(2_000);
  expect(await call(true)).toBe("done");
  expect(breaker.open).toBe(false);
  expect(changes).toEqual([true, false]);
  expect(await call(false)).toBe("Error");
  expect(breaker.open).toBe(false);
});

test("while one call tries, the others are refused; calls from before it opened change nothing", async () => {
  const clock = new SimulatedClock();
  const breaker = createCircuitBreaker({ now: clock.now });
  const settle: ((failure?: Error) => void)[] = [];
  const held = () =>
    breaker
      .run(
        () =>
          new Promise<void>((resolve, reject) => {
            settle.push((failure) => (failure === undefined ? resolve() : reject(failure)));
          }),
      )
      .catch((error: Error) => error.name);
  const early = held();
  for (let i = 0; i < 5; i++) await breaker.run(() => Promise.reject(new Error("out"))).catch(() => {});
  settle[0]?.();
  await early;
  expect(breaker.open).toBe(true);
  clock.advance(2_000);
  const trial = held();
  expect(await held()).toBe(BreakerOpenError.name);
  settle[1]?.();
  await trial;
  expect(breaker.open).toBe(false);
});
