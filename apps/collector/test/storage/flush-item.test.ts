import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FlushItem, packEvent, pickEvents, UNPACKED } from "../../src/storage/flush-item.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { openPostgres, type TestDatabase } from "./targets.ts";

const DAY_MS = 86_400_000;
const SMALLINT_MAX = 32_767;
/** No age below the lead of a clock, and none from here on, fits beside two ids in one bigint. */
const TOO_OLD_MS = 10.5 * DAY_MS;

describe("a packed event", () => {
  let database: TestDatabase;
  let pools: Pools;

  beforeAll(async () => {
    database = await openPostgres();
    pools = openPools(database.address);
  });
  afterAll(async () => {
    await pools?.close(1_000);
    await database?.drop();
  });

  const age = fc.oneof(
    fc.integer({ min: -1_000, max: 10 * DAY_MS }),
    fc.constantFrom(-1_000, -999, -1, 0, 1, 60_000, 10 * DAY_MS),
  );
  const toolId = fc.oneof(fc.integer({ min: 1, max: SMALLINT_MAX }), fc.constantFrom(1, 9_999, 10_000, SMALLINT_MAX));
  const errorId = fc.oneof(fc.integer({ min: -1, max: SMALLINT_MAX }), fc.constantFrom(-1, 0, 1, SMALLINT_MAX));

  it("is taken apart by PostgreSQL into the age, tool and error it was made of", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(age, toolId, errorId), { minLength: 1, maxLength: 100 }), async (events) => {
        const packed = `{${events.map(([ageMs, tool, error]) => packEvent(ageMs, tool, error)).join(",")}}`;
        const rows = await pools.read.run(({ sql }) =>
          sql.unsafe(
            `SELECT (${UNPACKED.ageMs})::int AS age, ${UNPACKED.toolId} AS tool, ${UNPACKED.errorId} AS error
             FROM unnest($1::text::bigint[]) WITH ORDINALITY AS e(p, n) ORDER BY n`,
            [packed],
          ),
        );
        expect(rows.map((row) => [row.age, row.tool, row.error])).toEqual(events);
      }),
      { numRuns: 100 },
    );
  });

  it("is never made of an age that the number has no room for", () => {
    const outside = fc.oneof(
      fc.integer({ max: -1_001 }),
      fc.integer({ min: TOO_OLD_MS, max: Number.MAX_SAFE_INTEGER }),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    );
    fc.assert(
      fc.property(outside, toolId, errorId, (ageMs, tool, error) => {
        expect(() => packEvent(ageMs, tool, error)).toThrow(RangeError);
      }),
    );
  });

  it("fits a bigint whatever age is let in", () => {
    const oldest = fc.integer({ min: -1_000, max: TOO_OLD_MS });
    fc.assert(
      fc.property(oldest, (ageMs) => {
        let packed: string;
        try {
          packed = packEvent(ageMs, SMALLINT_MAX, SMALLINT_MAX);
        } catch {
          return ageMs > 10 * DAY_MS;
        }
        return BigInt(packed) < 2n ** 63n;
      }),
    );
  });
});

describe("events picked of a delivery", () => {
  const item = (durations: string | undefined): FlushItem => ({
    projectId: 3,
    keyId: 4,
    deliveryId: "0199a0b1-c2d3-7000-8000-000000000001",
    receivedAt: 5,
    eventCount: 4,
    packed: "10,11,12,13",
    durations,
  });

  it("keep their durations, and everything of their delivery but its count", () => {
    const whole = item("NULL,1,NULL,3");
    expect(pickEvents(whole, [1, 2, 3])).toEqual({
      ...whole,
      eventCount: 3,
      packed: "11,12,13",
      durations: "1,NULL,3",
    });
    expect(pickEvents(whole, [0])).toMatchObject({ eventCount: 1, packed: "10", durations: "NULL" });
  });

  it("have no durations where the delivery had none", () => {
    expect(pickEvents(item(undefined), [0, 3])).toEqual({ ...item(undefined), eventCount: 2, packed: "10,13" });
  });

  it("are the delivery itself when all of them are picked", () => {
    for (const whole of [item("0,1,2,3"), item(undefined)]) expect(pickEvents(whole, [0, 1, 2, 3])).toEqual(whole);
  });
});
