import { CLIENT_NAMES, DROP_REASONS, type Event, MAX_DROPPED_COUNT } from "@org/mcp-analytics-schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJsonBody } from "../../src/http/json-body.ts";
import { ProblemError } from "../../src/http/problem.ts";
import { readBatch, readPlainBatch } from "../../src/ingest/read-batch.ts";
import { readEvent } from "../../src/ingest/read-event.ts";
import { validateBatch } from "../../src/ingest/validate-batch.ts";
import { validateEvent } from "../../src/ingest/validate-event.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const BATCH_ID = "01234567-0123-7123-8123-0123456789ab";

/** What comes of a body, be it a value or the problem that was thrown. */
function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProblemError) return { thrown: error.problem };
    throw error;
  }
}

const name = (extra: string) =>
  fc.string({ unit: fc.constantFrom(..."abzAZ019_.", ...extra), minLength: 1, maxLength: 50 });
const validEvent: fc.Arbitrary<Event> = fc
  .record(
    {
      tool: name("/-"),
      success: fc.boolean(),
      errorType: name("").map((text) => `E${text.slice(1)}`),
      timestamp: fc.oneof(
        fc.integer({ min: NOW_MS - 60_000, max: NOW_MS + 1_000 }),
        fc.constantFrom(NOW_MS - 60_000, NOW_MS + 1_000),
      ),
      durationMs: fc.oneof(fc.integer({ min: 0, max: 86_400_000 }), fc.constantFrom(0, 9, 10, 86_400_000)),
    },
    { requiredKeys: ["tool", "success", "timestamp"] },
  )
  .map(({ tool, success, errorType, timestamp, durationMs }) => {
    const failure = success || errorType === undefined ? {} : { errorType };
    return { tool, success, ...failure, timestamp, ...(durationMs === undefined ? {} : { durationMs }) } as Event;
  });
const frame = fc.record(
  {
    sdk: fc.constant({ name: "@org/mcp-analytics-client", version: "0.1.0" }),
    client: fc.constant("claude-code"),
    dropped: fc.constant({ queue_full: 3 }),
  },
  { requiredKeys: [] },
);
const batchText = fc
  .tuple(fc.array(validEvent, { minLength: 1, maxLength: 4 }), frame, fc.boolean())
  .map(([events, rest, eventsLast]) =>
    JSON.stringify(eventsLast ? { batchId: BATCH_ID, ...rest, events } : { batchId: BATCH_ID, events, ...rest }),
  );

/** What may stand anywhere in a body: among it whatever could be mistaken for something else. */
const piece = fc.constantFrom(
  ...' \t\n,:[]{}"\\0123456789-.eé\u0000',
  "true",
  "null",
  "[]",
  "{}",
  "00",
  ".0",
  "e0",
  "\\u0061",
  '"events":[',
  '"events":[]',
  '"tool":"x",',
  '"__proto__":1,',
  '"extra":{},',
  '{"events":[',
  "\ufeff",
);
interface Change {
  readonly at: number;
  readonly removed: number;
  readonly added: string;
}
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    at: fc.nat({ max: 10_000 }),
    removed: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 80 })),
    added: fc.oneof(fc.constant(""), piece),
  }),
  { maxLength: 2 },
);

function changed(text: string, all: readonly Change[]): Buffer {
  const result = all.reduce((before, { at, removed, added }) => {
    const start = at % (before.length + 1);
    return before.slice(0, start) + added + before.slice(start + removed);
  }, text);
  return Buffer.from(result);
}

const generalBatch = (body: Buffer) => validateBatch(parseJsonBody(body), NOW_MS);
const generalEvent = (body: Buffer) => {
  const value = parseJsonBody(body);
  return validateEvent(value, NOW_MS) ?? value;
};

function expectSameBatch(body: Buffer): void {
  expect(outcomeOf(() => readBatch(body, NOW_MS))).toEqual(outcomeOf(() => generalBatch(body)));
}

describe("a body that is read plainly means what it means as JSON", () => {
  test("when it is a batch, whatever is changed in it", () => {
    let plain = 0;
    let refused = 0;
    fc.assert(
      fc.property(batchText, changes, (text, all) => {
        const body = changed(text, all);
        if (readPlainBatch(body, NOW_MS) !== undefined) plain++;
        else refused++;
        expectSameBatch(body);
      }),
      { numRuns: 20_000 },
    );
    // Both ways have been gone.
    expect(plain).toBeGreaterThan(2_000);
    expect(refused).toBeGreaterThan(2_000);
  });

  test("when it is a single event, whatever is changed in it", () => {
    fc.assert(
      fc.property(validEvent, changes, (event, all) => {
        const body = changed(JSON.stringify(event), all);
        expect(outcomeOf(() => readEvent(body, NOW_MS))).toEqual(outcomeOf(() => generalEvent(body)));
      }),
      { numRuns: 20_000 },
    );
  });

  test("when the clock stands near the beginning of time", () => {
    for (const timestamp of ["", "0", "-1", "1", "61000"]) {
      const body = Buffer.from(`{"tool":"t","success":true,"timestamp":${timestamp}}`);
      const general = () => {
        const value = parseJsonBody(body);
        return validateEvent(value, 0) ?? value;
      };
      expect(outcomeOf(() => readEvent(body, 0))).toEqual(outcomeOf(general));
    }
  });

  test("when its events are a little early or late", () => {
    const offset = fc.constantFrom(-60_001, -60_000, -1, 0, 1_000, 1_001);
    fc.assert(
      fc.property(fc.array(offset, { minLength: 1, maxLength: 3 }), (offsets) => {
        const events = offsets.map((ms) => ({ tool: "t", success: true, timestamp: NOW_MS + ms }));
        expectSameBatch(Buffer.from(JSON.stringify({ batchId: BATCH_ID, events })));
      }),
    );
  });

  const event = `{"tool":"t","success":true,"timestamp":${NOW_MS}}`;
  const id = `"batchId":"${BATCH_ID}"`;
  test.each([
    ["events in a member of another name", `{${id},"sdk":{"events":[${event}]},"events":[]}`],
    ["events inside of an event", `{${id},"events":[{"events":[${event}]}]}`],
    ["events that look like a string", `{${id},"events":["\\"events\\":[${event.replaceAll('"', '\\"')}]"]}`],
    ["events after the end of a string", `{${id},"sdk":"x"events":[${event}]}`],
    ["events in an array whose name ends like theirs", `{${id},"a\\"events":[${event}],"events":[]}`],
    ["more around them than a batch has", `{${id},"events":[${event}],"${"x".repeat(2_100)}":0}`],
    ["much around them", `{${id},"events":[${event}]${" ".repeat(2_100)}}`],
    ["events twice", `{${id},"events":[${event}],"events":[${event}]}`],
    ["events twice, the second with an escape", `{${id},"events":[${event}],"\\u0065vents":[]}`],
    ["a list of batches", `[{${id},"events":[${event}]}]`],
    ["no batch around them", `"events":[${event}]`],
    ["a comma behind the last", `{${id},"events":[${event},]}`],
    ["something else behind the last", `{${id},"events":[${event}5]}`],
    ["another bracket behind the last", `{${id},"events":[${event}}}`],
    ["the end of the body behind the last", `{${id},"events":[${event}`],
    ["space behind the last", `{${id},"events":[${event} ] }`],
    ["a byte that is no UTF-8 behind them", `{${id},"events":[${event}],"client":"\xff"}`],
    ["a hundred", `{${id},"events":[${Array(100).fill(event).join()}]}`],
    ["a hundred and one", `{${id},"events":[${Array(101).fill(event).join()}]}`],
    ["a name of 51 signs", `{${id},"events":[${event.replace('"t"', `"${"t".repeat(51)}"`)}]}`],
    ["a time with a needless zero", `{${id},"events":[${event.replace(`${NOW_MS}`, `0${NOW_MS}`)}]}`],
    ["a time of fourteen digits", `{${id},"events":[${event.replace(`${NOW_MS}`, `${NOW_MS}0`)}]}`],
    ["no time", `{${id},"events":[${event.replace(`${NOW_MS}`, "")}]}`],
    ["a duration of nine digits", `{${id},"events":[${event.replace("}", ',"durationMs":100000000}')}]}`],
    ["an error type of a success", `{${id},"events":[${event.replace(",", ',"errorType":"X",')}]}`],
  ])("with %s", (_what, text) => {
    expectSameBatch(Buffer.from(text, "latin1"));
  });
});

test("batches as JSON.stringify writes them are read plainly", () => {
  fc.assert(
    fc.property(batchText, (text) => {
      expect(readPlainBatch(Buffer.from(text), NOW_MS)).toEqual(generalBatch(Buffer.from(text)));
    }),
    { numRuns: 2_000 },
  );
});

test("the longest batch that is valid is read plainly", () => {
  const software = { name: "n".repeat(64), version: "1".repeat(32) };
  const dropped = Object.fromEntries(DROP_REASONS.map((reason) => [reason, MAX_DROPPED_COUNT]));
  const client = CLIENT_NAMES.toSorted((a, b) => b.length - a.length)[0];
  const event = {
    tool: "t".repeat(50),
    success: false,
    errorType: "E".repeat(50),
    timestamp: NOW_MS,
    durationMs: 86_400_000,
  };
  const events = Array(100).fill(event);
  const text = JSON.stringify({ batchId: BATCH_ID, sdk: software, server: software, client, dropped, events });
  expect(readPlainBatch(Buffer.from(text), NOW_MS)).toMatchObject({ events, dropped });
});

test("names that take each other's place in memory stay what they are", () => {
  const events = Array.from({ length: 50_000 }, (_, index) => ({
    tool: `tool_${index % 5_000}`,
    success: false,
    errorType: `E${index % 3_000}`,
    timestamp: NOW_MS,
  }));
  for (const event of events) expect(readEvent(Buffer.from(JSON.stringify(event)), NOW_MS)).toEqual(event);
});
