import { describe, expect, test } from "vitest";
import { judge } from "../../src/delivery/verdict.ts";
import type { QueuedEvent } from "../../src/queue/event-queue.ts";
import { reply } from "../support/fake-transport.ts";

const event = (tool: string): QueuedEvent => ({
  tool,
  errorType: undefined,
  endedAt: 0,
  durationMs: undefined,
  origin: undefined,
});
const EVENTS = [event("a"), event("b"), event("c")];
const OURS = { success: true, accepted: 3, rejected: [] };
const problem = (code: string, extra = {}) => ({
  type: "/problems/x",
  title: "x",
  status: 400,
  code,
  error: "x",
  ...extra,
});

describe("an acknowledgement is our 201 and nothing else", () => {
  test("everything stored", () => {
    expect(judge(reply(201, OURS), EVENTS)).toEqual({ stored: true, mistimed: [], refused: 0, keyRefused: false });
  });

  test("stored by an earlier attempt", () => {
    expect(judge(reply(201, { ...OURS, duplicate: true }), EVENTS)).toMatchObject({ stored: true, refused: 0 });
  });

  test("some refused, some of them for their time", () => {
    const rejected = [
      { index: 0, reason: "stale_timestamp" },
      { index: 2, reason: "invalid_tool" },
    ];
    const verdict = judge(reply(201, { success: true, accepted: 1, rejected }), EVENTS);
    expect(verdict).toEqual({ stored: true, mistimed: [EVENTS[0]], refused: 1, keyRefused: false });
  });

  test.each([
    ["200 with our body", reply(200, OURS)],
    ["202", reply(202, OURS)],
    ["204", { status: 204, headers: {}, body: "" }],
    ["201 of another make", reply(201, { ok: true })],
    ["201 for a single event", reply(201, { success: true })],
    ["201 with a page", { status: 201, headers: {}, body: "<html>" }],
    ["201 cut short", { status: 201, headers: {}, body: '{"success":true,"acc' }],
    ["201 with null", { status: 201, headers: {}, body: "null" }],
    ["201 with something else for a list", reply(201, { ...OURS, rejected: { map: 1 } })],
    ["201 that counts in objects", reply(201, { ...OURS, accepted: { toString: 1 } })],
    ["201 without success", reply(201, { ...OURS, success: false })],
  ])("not %s", (_name, answer) => {
    expect(judge(answer, EVENTS)).toBeUndefined();
  });
});

describe("worth another attempt with the same bytes", () => {
  test.each([0, 301, 302, 307, 404, 405, 407, 408, 409, 421, 425, 429, 500, 502, 503, 504, 599])("%i", (status) => {
    expect(judge(reply(status, problem("whatever")), EVENTS)).toBeUndefined();
  });
});

test.each([400, 401, 403, 413])(
  "%i without a problem code is somebody else's answer, and worth another attempt",
  (status) => {
    expect(judge({ status, headers: {}, body: "<html>blocked</html>" }, EVENTS)).toBeUndefined();
    expect(judge(reply(status, { message: "blocked" }), EVENTS)).toBeUndefined();
  },
);

describe("final", () => {
  test.each([400, 413, 415, 422])("%i refuses the batch", (status) => {
    expect(judge(reply(status, problem("bad-request")), EVENTS)).toEqual({
      stored: false,
      mistimed: [],
      refused: 3,
      keyRefused: false,
    });
  });

  test.each([401, 403])("%i refuses the key", (status) => {
    expect(judge(reply(status, problem("invalid-key")), EVENTS)).toEqual({
      stored: false,
      mistimed: [],
      refused: 3,
      keyRefused: true,
    });
  });

  test("a signature out of its time is the clock's fault, not the key's", () => {
    expect(judge(reply(401, problem("signature-expired")), EVENTS)).toEqual({
      stored: false,
      mistimed: EVENTS,
      refused: 0,
      keyRefused: false,
    });
  });

  test("a batch refused for its times", () => {
    const details = EVENTS.map((_event, index) => ({ index, reason: "future_timestamp" }));
    expect(judge(reply(400, problem("no-valid-event", { details })), EVENTS)).toEqual({
      stored: false,
      mistimed: EVENTS,
      refused: 0,
      keyRefused: false,
    });
  });

  test.each([5, [null], "no", {}, { map: 1 }, [[]], [{ index: "0", reason: { toString: 1 } }]])(
    "details of %j name no event",
    (details) => {
      expect(judge(reply(400, problem("x", { details })), EVENTS)).toMatchObject({ mistimed: [], refused: 3 });
      expect(judge(reply(401, problem("x", { details })), EVENTS)).toMatchObject({ mistimed: [], refused: 3 });
    },
  );

  test("an event counts once, however often and oddly it is refused", () => {
    const rejected = [null, 7, "x", {}, ...[0, 0, -1, 0.5, 3, "1", "length"].map((index) => ({ index, reason: "x" }))];
    const verdict = judge(reply(201, { success: true, accepted: 2, rejected }), EVENTS);
    expect(verdict).toMatchObject({ stored: true, mistimed: [], refused: 1 });
  });

  test("an index that does not exist is no event", () => {
    const details = [{ index: 99, reason: "stale_timestamp" }];
    expect(judge(reply(400, problem("no-valid-event", { details })), EVENTS)).toMatchObject({
      mistimed: [],
      refused: 3,
    });
  });
});
