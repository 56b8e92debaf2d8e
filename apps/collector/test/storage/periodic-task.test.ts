import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PeriodicTask } from "../../src/storage/periodic-task.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("does nothing before it is started, runs at its interval, and goes on after an error", async () => {
  let runs = 0;
  const errors: unknown[] = [];
  const task = new PeriodicTask(
    async () => {
      runs += 1;
      if (runs === 2) throw new Error("out");
    },
    { intervalMs: 1_000, onError: (error) => errors.push(error) },
  );
  await vi.advanceTimersByTimeAsync(5_000);
  expect(runs).toBe(0);
  task.start();
  task.start();
  await vi.advanceTimersByTimeAsync(3_000);
  expect([runs, errors.length]).toEqual([3, 1]);
  await task.stop(60_000);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(runs).toBe(3);
});

it("never runs twice at once, and a stop waits for the run that is under way", async () => {
  let runs = 0;
  let finish = () => {};
  const task = new PeriodicTask(
    () =>
      new Promise<void>((resolve) => {
        runs += 1;
        finish = resolve;
      }),
    { intervalMs: 1_000, onError: () => {} },
  );
  task.start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toBe(1);
  let stopped = false;
  const stopping = task.stop(60_000).then(() => {
    stopped = true;
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(stopped).toBe(false);
  finish();
  await stopping;
});

it("a stop waits no longer than its deadline for a run that hangs", async () => {
  const task = new PeriodicTask(() => new Promise<void>(() => {}), { intervalMs: 1_000, onError: () => {} });
  void task.runNow();
  let stopped = false;
  const stopping = task.stop(2_000).then(() => {
    stopped = true;
  });
  await vi.advanceTimersByTimeAsync(1_999);
  expect(stopped).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await stopping;
});
