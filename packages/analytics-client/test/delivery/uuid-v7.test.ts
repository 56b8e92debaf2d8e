import { BATCH_ID_PATTERN } from "@org/mcp-analytics-schema/constants";
import { describe, expect, test } from "vitest";
import { uuidV7 } from "../../src/delivery/uuid-v7.ts";

describe("batch ids", () => {
  test("are of version 7, in order of time, and never the same", () => {
    const ids = Array.from({ length: 1_000 }, (_value, i) => uuidV7(1_700_000_000_000 + i));
    for (const id of ids) expect(id).toMatch(new RegExp(BATCH_ID_PATTERN));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(Array.from({ length: 1_000 }, () => uuidV7(0))).size).toBe(1_000);
  });

  test("carry their time", () => {
    expect(uuidV7(0x0123456789ab)).toMatch(/^01234567-89ab-7/);
  });
});
