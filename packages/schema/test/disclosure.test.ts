import { expect, test } from "vitest";
import { BatchSchema, DISCLOSED_FIELDS, EventSchema, LEVELS } from "../src/index.ts";

test("every field of the wire is disclosed, and nothing else is", () => {
  const eventFields = EventSchema.anyOf.flatMap((variant) => Object.keys(variant.properties));
  const batchFields = Object.keys(BatchSchema.properties).filter((field) => field !== "events");
  expect(DISCLOSED_FIELDS.map(({ field }) => field).sort()).toEqual(
    [...new Set([...eventFields, ...batchFields])].sort(),
  );
});

test("every disclosed field names a level that exists", () => {
  for (const { level } of DISCLOSED_FIELDS) expect(LEVELS).toContain(level);
});
