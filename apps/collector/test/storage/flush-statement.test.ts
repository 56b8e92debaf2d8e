import type { Event } from "@org/mcp-analytics-schema";
import { expect, test } from "vitest";
import { type FlushItem, flushStatement } from "../../src/storage/flush-statement.ts";

const item = (keyId: number, deliveryId: string | null, durations: readonly (number | undefined)[]): FlushItem => ({
  projectId: 1,
  keyId,
  deliveryId,
  receivedAt: 5,
  events: durations.map(
    (durationMs, index): Event => ({
      tool: "t",
      success: true,
      timestamp: 100 + index,
      ...(durationMs === undefined ? {} : { durationMs }),
    }),
  ),
  toolIds: durations.map((_, index) => index + 1),
  errorIds: durations.map(() => 0),
});
const FIRST = "0199a0b1-c2d3-7000-8000-000000000001";
const SECOND = "0199a0b1-c2d3-7000-8000-000000000002";

test("each event stands at one place of every column and names its delivery, which has what they share", () => {
  const { parameters } = flushStatement(
    [item(7, FIRST, [3, undefined]), item(8, SECOND, [0]), item(9, null, [4])],
    109,
  );
  expect(parameters).toEqual([
    109,
    "{0,1,2}",
    "{1,1,1}",
    "{7,8,9}",
    `{${FIRST},${SECOND},NULL}`,
    "{2,1,1}",
    "{5,5,5}",
    "{0,0,1,2}",
    "{9,8,9,9}",
    "{1,2,1,1}",
    "{0,0,0,0}",
    "{3,NULL,0,4}",
  ]);
});

test("events without durations send none, and where no delivery has an id each event names its key", () => {
  const { parameters } = flushStatement([item(7, null, [undefined]), item(8, null, [undefined, undefined])], 109);
  expect(parameters).toEqual([109, "{1,1,1}", "{7,8,8}", "{9,9,8}", "{1,1,2}", "{0,0,0}", "{}"]);
});
