import { describe, expect, it } from "vitest";
import { OverloadedError, StorageUnavailableError } from "../../src/storage/errors.ts";
import type { Delivery } from "../../src/storage/event-writer.ts";
import type { FlushItem } from "../../src/storage/flush-item.ts";
import type { FlushOutcome } from "../../src/storage/flusher.ts";
import { GroupCommit, type GroupCommitDeps } from "../../src/storage/group-commit.ts";
import type { NameResolver } from "../../src/storage/name-resolver.ts";
import { delivery } from "./deliveries.ts";

const names = {
  resolve: ({ events, ...rest }: Delivery) => ({
    ...rest,
    eventCount: events.length,
    packed: "",
    durations: undefined,
  }),
} as unknown as NameResolver;
const stored = (items: readonly FlushItem[]): FlushOutcome[] =>
  items.map(({ eventCount }) => ({ duplicate: false, accepted: eventCount, quarantined: 0 }));

interface Flush {
  readonly items: readonly FlushItem[];
  commit(): void;
  fail(error: Error): void;
}

/** A writer whose flushes begin and end when the test says so. */
function open(options: Partial<GroupCommitDeps> = {}) {
  const flushes: Flush[] = [];
  let began: (() => void) | undefined;
  const writer = new GroupCommit({
    names,
    flush: (items) =>
      new Promise((resolve, reject) => {
        flushes.push({ items, commit: () => resolve(stored(items)), fail: reject });
        began?.();
      }),
    ...options,
  });
  const next = async (count: number): Promise<Flush> => {
    while (flushes.length < count) {
      await new Promise<void>((resolve) => {
        began = resolve;
      });
    }
    return flushes[count - 1] as Flush;
  };
  return { writer, flushes, next };
}

describe("group commit", () => {
  it("resolves no write before its flush has committed", async () => {
    const { writer, next } = open();
    let resolved = false;
    const write = writer.write(delivery(1)).then(() => {
      resolved = true;
    });
    const flush = await next(1);
    expect(resolved).toBe(false);
    flush.commit();
    await write;
    expect(writer.depth).toBe(0);
  });

  it("runs one flush at a time; what comes meanwhile shares the next", async () => {
    const { writer, flushes, next } = open();
    const first = writer.write(delivery(1));
    const flush = await next(1);
    const rest = Promise.all(Array.from({ length: 50 }, () => writer.write(delivery(2))));
    expect(writer.depth).toBe(51);
    flush.commit();
    await first;
    const second = await next(2);
    expect(second.items.length).toBe(50);
    second.commit();
    await rest;
    expect(flushes.length).toBe(2);
  });

  it("starts the next flush before it answers the group before", async () => {
    const happened: string[] = [];
    let second: Promise<unknown> | undefined;
    const writer = new GroupCommit({
      names,
      async flush(items) {
        second ??= writer.write(delivery(1)).then(() => happened.push("second answered"));
        // A client of a database takes several turns of promises before it sends anything.
        for (let turn = 0; turn < 20; turn += 1) await undefined;
        happened.push("sent");
        return stored(items);
      },
    });
    await writer.write(delivery(1)).then(() => happened.push("first answered"));
    await second;
    expect(happened).toEqual(["sent", "sent", "first answered", "second answered"]);
  });

  it("splits a long queue at the limit of a flush, and never a delivery", async () => {
    const { writer, next } = open({ maxEventsPerFlush: 10 });
    const writes = Promise.all([delivery(6), delivery(6), delivery(40), delivery(4)].map((one) => writer.write(one)));
    const sizes: number[][] = [];
    for (let count = 1; count <= 4; count += 1) {
      const flush = await next(count);
      sizes.push(flush.items.map(({ eventCount }) => eventCount));
      flush.commit();
    }
    await writes;
    expect(sizes).toEqual([[6], [6], [40], [4]]);
  });

  it("refuses what would overfill the queue, and takes again when there is room", async () => {
    const { writer, next } = open({ maxQueuedEvents: 5 });
    const write = writer.write(delivery(4));
    await expect(writer.write(delivery(2))).rejects.toBeInstanceOf(OverloadedError);
    (await next(1)).commit();
    await write;
    const again = writer.write(delivery(5));
    (await next(2)).commit();
    await expect(again).resolves.toEqual({ duplicate: false, accepted: 5 });
  });

  it("fails a group with its flush and goes on with the next", async () => {
    const { writer, next } = open();
    const failing = writer.write(delivery(1));
    (await next(1)).fail(new StorageUnavailableError("57P01"));
    await expect(failing).rejects.toBeInstanceOf(StorageUnavailableError);
    const write = writer.write(delivery(1));
    (await next(2)).commit();
    await expect(write).resolves.toEqual({ duplicate: false, accepted: 1 });
  });

  it("lets nobody wait behind a database that hangs", async () => {
    const { writer, next } = open();
    const first = writer.write(delivery(1));
    const flush = await next(1);
    const waiting = writer.write(delivery(1));
    flush.fail(new StorageUnavailableError("DEADLINE"));
    await expect(first).rejects.toMatchObject({ code: "DEADLINE" });
    await expect(waiting).rejects.toMatchObject({ code: "DEADLINE" });
  });

  it("writes what waits when it closes, and takes nothing more", async () => {
    const { writer, next } = open();
    const write = writer.write(delivery(1));
    const flush = await next(1);
    const closed = writer.close(60_000);
    await expect(writer.write(delivery(1))).rejects.toBeInstanceOf(StorageUnavailableError);
    flush.commit();
    await expect(write).resolves.toEqual({ duplicate: false, accepted: 1 });
    await closed;
  });

  it("refuses what is left when the deadline of a close has passed", async () => {
    const { writer, next } = open({ maxEventsPerFlush: 1 });
    const first = writer.write(delivery(1));
    const flush = await next(1);
    const second = writer.write(delivery(1));
    const refused = expect(second).rejects.toBeInstanceOf(StorageUnavailableError);
    await writer.close(0);
    await refused;
    flush.commit();
    await first;
  });

  it("counts each delivery out once, and tells of the refused events of a flush in one sum", async () => {
    const told: number[] = [];
    const { writer } = open({
      flush: async (items) => items.map(() => ({ duplicate: false, accepted: 1, quarantined: 1 })),
      onQuarantined: (events) => told.push(events),
    });
    await Promise.all([writer.write(delivery(1)), writer.write(delivery(1))]);
    expect(told).toEqual([2]);
    expect(writer.depth).toBe(0);
  });
});
