import { expect, test } from "vitest";
import { type FlushItem, packEvent } from "../../src/storage/flush-item.ts";
import { flushStatement } from "../../src/storage/flush-statement.ts";

const event = (index: number) => packEvent(index, index + 1, 0);
const item = (
  keyId: number,
  deliveryId: string | null,
  durations: readonly (number | undefined)[],
  receivedAt = 5,
): FlushItem => ({
  projectId: 1,
  keyId,
  deliveryId,
  receivedAt,
  eventCount: durations.length,
  packed: durations.map((_, index) => event(index)).join(","),
  durations: durations.every((ms) => ms === undefined) ? undefined : durations.map((ms) => ms ?? "NULL").join(","),
});
const FIRST = "0199a0b1-c2d3-7000-8000-000000000001";
const SECOND = "0199a0b1-c2d3-7000-8000-000000000002";

test("each delivery stands at one place of every column and brings its events and what they share", () => {
  const { parameters } = flushStatement(
    [item(7, FIRST, [3, undefined]), item(8, SECOND, [0], 9), item(9, null, [4])],
    109,
  );
  expect(parameters).toEqual([
    109,
    "{1,1,1}",
    "{7,8,9}",
    "{104,100,104}",
    `{${FIRST},${SECOND},NULL}`,
    "{2,1,1}",
    `{"{${event(0)},${event(1)}}","{${event(0)}}","{${event(0)}}"}`,
    '{"{3,NULL}","{0}","{4}"}',
  ]);
});

test("a delivery without durations leaves its place among those of others empty", () => {
  const { parameters } = flushStatement([item(7, FIRST, [undefined, undefined]), item(8, SECOND, [3])], 109);
  expect(parameters.at(-1)).toBe('{NULL,"{3}"}');
});

test("where no delivery has an id, each event stands at one place of every column and names its key", () => {
  const { parameters } = flushStatement([item(7, null, [3]), item(8, null, [undefined, undefined], 9)], 109);
  expect(parameters).toEqual([
    109,
    "{1,1,1}",
    "{7,8,8}",
    "{104,100,100}",
    `{${event(0)},${event(0)},${event(1)}}`,
    "{3,NULL,NULL}",
  ]);
});

test("events without durations send none", () => {
  for (const deliveryId of [FIRST, null]) {
    const { parameters } = flushStatement([item(7, deliveryId, [undefined, undefined])], 109);
    expect(parameters.at(-1)).toBe("{}");
  }
});
