import { describe, expect, test } from "vitest";
import { HostLimiter } from "../../src/upstream/host-limiter.ts";
import { manualClock } from "../support/manual-clock.ts";
import { failureOf } from "../support/upstream-harness.ts";

const never = new AbortController().signal;

/** Work that ends when it is told to. */
function jobs() {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const job = (id: number) => () => {
    started.push(id);
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  return { started, ends, job };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("host limiter", () => {
  test("no more than the allowed number run at once, first come, first served", async () => {
    const limiter = new HostLimiter(
      { maxInFlight: 2, minIntervalMs: 0, maxQueued: 10 },
      manualClock("2026-07-15T00:00Z"),
    );
    const { started, ends, job } = jobs();
    const all = [1, 2, 3, 4].map((id) => limiter.run(never, "nws", job(id)));
    await settle();
    expect(started).toEqual([1, 2]);
    ends[0]?.();
    await settle();
    expect(started).toEqual([1, 2, 3]);
    ends[1]?.();
    ends[2]?.();
    await settle();
    ends[3]?.();
    await Promise.all(all);
    expect(started).toEqual([1, 2, 3, 4]);
  });

  test("starts keep their distance in time", async () => {
    const clock = manualClock("2026-07-15T00:00Z");
    const limiter = new HostLimiter({ maxInFlight: 5, minIntervalMs: 210, maxQueued: 10 }, clock);
    const { started, ends, job } = jobs();
    const all = [1, 2, 3].map((id) => limiter.run(never, "cdo", job(id)));
    await settle();
    expect(started).toEqual([1]);
    clock.advance(209);
    await settle();
    expect(started).toEqual([1]);
    clock.advance(1);
    await settle();
    expect(started).toEqual([1, 2]);
    clock.advance(210);
    await settle();
    for (const end of ends) end();
    await Promise.all(all);
  });

  test("one that is cancelled while it waits leaves the queue", async () => {
    const limiter = new HostLimiter(
      { maxInFlight: 1, minIntervalMs: 0, maxQueued: 10 },
      manualClock("2026-07-15T00:00Z"),
    );
    const { started, ends, job } = jobs();
    const cancel = new AbortController();
    const first = limiter.run(never, "nws", job(1));
    const second = limiter.run(cancel.signal, "nws", job(2)).catch((reason: unknown) => reason);
    const third = limiter.run(never, "nws", job(3));
    await settle();
    cancel.abort("gone");
    expect(await second).toBe("gone");
    ends[0]?.();
    await settle();
    expect(started).toEqual([1, 3]);
    ends[1]?.();
    await Promise.all([first, third]);
  });

  test("a failure makes room like a success", async () => {
    const limiter = new HostLimiter(
      { maxInFlight: 1, minIntervalMs: 0, maxQueued: 10 },
      manualClock("2026-07-15T00:00Z"),
    );
    await expect(limiter.run(never, "nws", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(limiter.run(never, "nws", () => Promise.resolve("yes"))).resolves.toBe("yes");
  });

  test("a full queue refuses with RATE_LIMIT", async () => {
    const limiter = new HostLimiter(
      { maxInFlight: 1, minIntervalMs: 0, maxQueued: 1 },
      manualClock("2026-07-15T00:00Z"),
    );
    const { ends, job } = jobs();
    const first = limiter.run(never, "nws", job(1));
    const second = limiter.run(never, "nws", job(2));
    const refused = await failureOf(limiter.run(never, "nws", job(3)));
    expect(refused).toMatchObject({ category: "RATE_LIMIT", reason: "local_queue_full" });
    ends[0]?.();
    await first;
    await settle();
    ends[1]?.();
    await second;
  });
});
