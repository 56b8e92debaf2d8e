import { expect, test } from "vitest";
import {
  BatchResponseSchema,
  BatchSchema,
  EventResponseSchema,
  EventSchema,
  PROBLEMS,
  ProblemSchema,
  REJECT_REASONS,
  TIERS,
} from "../src/index.ts";

test.each([
  ["event", EventSchema],
  ["batch", BatchSchema],
  ["event-response", EventResponseSchema],
  ["batch-response", BatchResponseSchema],
  ["problem", ProblemSchema],
  ["problem-codes", PROBLEMS],
  ["reject-reasons", REJECT_REASONS],
  ["tiers", TIERS],
])("a change of the wire contract shows in review: %s", async (name, schema) => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`snapshots/${name}.json`);
});
