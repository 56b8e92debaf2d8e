import { randomBytes } from "node:crypto";
import { MAX_BATCH_BYTES, MAX_EVENT_BYTES, type ProblemCode, type RejectReason } from "@org/mcp-analytics-schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectProblem, expectUnharmed } from "./problems.ts";
import { type Headers, startTestCollector, type TestCollector } from "./test-collector.ts";

let collector: TestCollector;
beforeAll(async () => {
  collector = await startTestCollector();
});
afterAll(() => collector.close());

/** Sends something bad; it must get its problem, store nothing, and leave the next good request alone. */
async function expectRefused(body: unknown, code: ProblemCode, headers: Headers = {}, path = "/v1/events") {
  const before = collector.writer.events.length;
  const answer = await expectProblem(await collector.send(path, body, headers), code);
  await expectUnharmed(collector, before);
  return answer;
}

describe("an invalid event is refused by the rule it breaks", () => {
  const now = () => collector.clock.now();
  const cases: [string, Record<string, unknown>, RejectReason][] = [
    ["an unknown field", { email: "a" }, "unknown_field"],
    ["a field of another tenant", { project_id: 2 }, "unknown_field"],
    ["no tool", { tool: undefined }, "missing_field"],
    ["no success", { success: undefined }, "missing_field"],
    ["no timestamp", { timestamp: undefined }, "missing_field"],
    ["a tool that is a number", { tool: 1 }, "invalid_tool"],
    ["an empty tool", { tool: "" }, "invalid_tool"],
    ["a tool name of 51 characters", { tool: "t".repeat(51) }, "invalid_tool"],
    ["a tool name with a space", { tool: "a b" }, "invalid_tool"],
    ["a tool name with a line break at its end", { tool: "a\n" }, "invalid_tool"],
    ["a tool name with an address", { tool: "alice@example.com" }, "invalid_tool"],
    ["a tool name that is a formula", { tool: "=1+1" }, "invalid_tool"],
    ["a tool name with SQL", { tool: "'; drop table events_raw; --" }, "invalid_tool"],
    ["a tool name with NUL", { tool: "a\u0000" }, "invalid_tool"],
    ["success as text", { success: "true" }, "invalid_success"],
    ["success as a number", { success: 1 }, "invalid_success"],
    ["success null", { success: null }, "invalid_success"],
    ["success as an array", { success: [] }, "invalid_success"],
    ["an errorType on a success", { errorType: "TIMEOUT" }, "invalid_error_type"],
    ["an errorType of 51 characters", { success: false, errorType: "E".repeat(51) }, "invalid_error_type"],
    ["an errorType that is a sentence", { success: false, errorType: "user alice not found" }, "invalid_error_type"],
    ["an errorType null", { success: false, errorType: null }, "invalid_error_type"],
    ["an errorType object", { success: false, errorType: {} }, "invalid_error_type"],
    ["a negative duration", { durationMs: -1 }, "invalid_duration"],
    ["a duration of parts of a millisecond", { durationMs: 1.5 }, "invalid_duration"],
    ["a duration over a day", { durationMs: 86_400_001 }, "invalid_duration"],
    ["a timestamp as text", { timestamp: "1763800000000" }, "invalid_timestamp"],
    ["a timestamp as a date", { timestamp: "2026-11-22T12:00:00Z" }, "invalid_timestamp"],
    ["a timestamp null", { timestamp: null }, "invalid_timestamp"],
    ["a negative timestamp", { timestamp: -1 }, "invalid_timestamp"],
    ["a timestamp beyond exact integers", { timestamp: 2 ** 53 }, "invalid_timestamp"],
    ["a timestamp in seconds", { timestamp: 1_763_800_000 }, "stale_timestamp"],
    ["a timestamp of 1970", { timestamp: 1 }, "stale_timestamp"],
    ["the last timestamp that a date can hold", { timestamp: 8.64e15 }, "future_timestamp"],
  ];
  test.each(cases)("%s", async (_what, changes, reason) => {
    const answer = await expectRefused(collector.event(changes), "invalid-event");
    expect(answer.details).toEqual([{ index: 0, reason }]);
  });

  test.each([
    ["1e400", "invalid_timestamp"],
    ["-0", "invalid_timestamp"],
    ["1763800000000.5", "invalid_timestamp"],
    ["1e21", "invalid_timestamp"],
  ])("a timestamp written %s", async (text, reason) => {
    const answer = await expectRefused(`{"tool":"t","success":true,"timestamp":${text}}`, "invalid-event");
    expect(answer.details).toEqual([{ index: 0, reason }]);
  });

  test("a timestamp one millisecond too old or too far ahead; the bounds themselves are valid", async () => {
    for (const [offsetMs, reason] of [
      [-60_001, "stale_timestamp"],
      [1_001, "future_timestamp"],
    ] as const) {
      const answer = await expectRefused(collector.event({ timestamp: now() + offsetMs }), "invalid-event");
      expect(answer.details).toEqual([{ index: 0, reason }]);
    }
    for (const offsetMs of [-60_000, 1_000]) {
      const response = await collector.sendEvent(collector.event({ timestamp: now() + offsetMs }));
      expect(response.status).toBe(201);
    }
  });

  test("the time window moves with the clock, not with the start of the process", async () => {
    const atStart = collector.event();
    collector.clock.advance(10 * 60_000);
    await expectRefused(atStart, "invalid-event");
    expect((await collector.sendEvent(collector.event())).status).toBe(201);
  });
});

describe("a body that is no event", () => {
  test.each([
    ["an array", "[]"],
    ["null", "null"],
    ["a number", "1"],
    ["a string", '"x"'],
    ["true", "true"],
  ])("%s", async (_what, body) => {
    const answer = await expectRefused(body, "invalid-event");
    expect(answer.details).toEqual([{ index: 0, reason: "not_an_object" }]);
  });

  const valid = () => JSON.stringify(collector.event());
  const cases: [string, () => string | Uint8Array, ProblemCode][] = [
    ["nothing", () => "", "malformed-json"],
    ["half of an event", () => valid().slice(0, -5), "malformed-json"],
    ["an event with a comma too many", () => `${valid().slice(0, -1)},}`, "malformed-json"],
    ["two events one after the other", () => valid() + valid(), "malformed-json"],
    ["an unclosed string", () => '{"tool":"', "malformed-json"],
    ["a byte order mark", () => `\uFEFF${valid()}`, "malformed-json"],
    ["bytes that are no UTF-8", () => Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), "invalid-utf8"],
    ["UTF-16", () => Buffer.from(valid(), "utf16le"), "malformed-json"],
    ["__proto__", () => `{"__proto__":{"admin":true},${valid().slice(1)}`, "invalid-event"],
    ["__proto__ written with an escape", () => `{"\\u005f_proto__":{},${valid().slice(1)}`, "invalid-event"],
    ["constructor.prototype", () => `{"constructor":{"prototype":{"x":1}},${valid().slice(1)}`, "invalid-event"],
    ["five levels", () => '{"a":{"b":{"c":{"d":{}}}}}', "too-deep"],
    ["five hundred levels", () => "[".repeat(500) + "]".repeat(500), "too-deep"],
    ["a thousand open brackets", () => "[".repeat(1_000), "too-deep"],
  ];
  test.each(cases)("%s", async (_what, body, code) => {
    await expectRefused(body(), code);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test("a member name twice is read as its last value", async () => {
    const before = collector.writer.events.length;
    const text = JSON.stringify(collector.event({ tool: "last" }));
    expect((await collector.sendEvent(`{"tool":"first",${text.slice(1)}`)).status).toBe(201);
    expect((await collector.sendEvent(`{"\\u0074ool":"first",${text.slice(1)}`)).status).toBe(201);
    expect(collector.writer.events.slice(before).map(({ tool }) => tool)).toEqual(["last", "last"]);
  });

  test("thousands of levels in a batch", async () => {
    await expectRefused("[".repeat(60_000), "too-deep", {}, "/v1/events/batch");
  });

  test("names of the prototype as values are ordinary names", async () => {
    for (const tool of ["__proto__", "constructor", "toString"]) {
      expect((await collector.sendEvent(collector.event({ tool }))).status).toBe(201);
    }
  });

  test("member names that look like array indexes take no longer than others", async () => {
    const members = Array.from({ length: 90 }, (_unused, i) => `"${i}":0`).join(",");
    await expectRefused(`{${members}}`, "invalid-event");
  });
});

describe("a body that is not sent as plain JSON", () => {
  test.each([
    ["text/plain"],
    ["application/x-www-form-urlencoded"],
    ["multipart/form-data; boundary=x"],
    ["application/json; charset=utf-16"],
    ["application/json; charset=latin1"],
    ["application/json; version=1"],
    ["application/json, application/json"],
    ["application/jsonp"],
    ["application/problem+json"],
    ["json"],
  ])("as %s", async (contentType) => {
    await expectRefused(collector.event(), "unsupported-media-type", { "content-type": contentType });
  });

  test.each([["gzip"], ["br"], ["deflate"], ["zstd"], ["identity"], ["gzip, gzip"]])(
    "encoded as %s: nothing is decompressed",
    async (encoding) => {
      await expectRefused(collector.event(), "unsupported-media-type", { "content-encoding": encoding });
    },
  );

  test.each([["application/json; charset=utf-8"], ['application/json;charset="UTF-8"'], ["Application/JSON"]])(
    "%s is plain JSON",
    async (contentType) => {
      const response = await collector.sendEvent(collector.event(), { "content-type": contentType });
      expect(response.status).toBe(201);
    },
  );
});

describe("a body that is too large", () => {
  const padded = (bytes: number) => {
    const text = JSON.stringify(collector.event());
    return text.slice(0, -1) + " ".repeat(bytes - text.length) + text.slice(-1);
  };

  test("an event of 1024 bytes is taken, of 1025 bytes refused", async () => {
    expect((await collector.sendEvent(padded(MAX_EVENT_BYTES))).status).toBe(201);
    await expectRefused(padded(MAX_EVENT_BYTES + 1), "body-too-large");
  });

  test("a batch over 64 KiB is refused", async () => {
    await expectRefused(" ".repeat(MAX_BATCH_BYTES + 1), "body-too-large", {}, "/v1/events/batch");
  });

  test("a body of megabytes still gets its answer", async () => {
    await expectRefused(" ".repeat(5_000_000), "body-too-large", {}, "/v1/events/batch");
  });
});

describe("a key that does not let in", () => {
  const invented = () => `wmc_${randomBytes(32).toString("hex")}`;

  test("none", async () => {
    const before = collector.writer.events.length;
    const response = await fetch(`${collector.url}/v1/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(collector.event()),
    });
    const body = await expectProblem(response, "key-required");
    expect(body.error).toBe("API key required");
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    await expectUnharmed(collector, before);
  });

  test("unknown, malformed and removed keys get the same bytes", async () => {
    const removed = collector.keyStore.add();
    collector.keyStore.remove(removed);
    const bodies = new Set<string>();
    for (const apiKey of [invented(), "x", removed.apiKey]) {
      const response = await collector.sendEvent(collector.event(), { "x-api-key": apiKey });
      expect(response.status).toBe(401);
      bodies.add(await response.text());
    }
    expect([...bodies]).toHaveLength(1);
    expect(JSON.parse([...bodies][0] as string)).toMatchObject({ code: "invalid-key", error: "Invalid API key" });
  });

  test("a disabled key is told so", async () => {
    const disabled = collector.keyStore.add({ status: "disabled" });
    const answer = await expectRefused(collector.event(), "key-disabled", { "x-api-key": disabled.apiKey });
    expect(answer.error).toBe("API key disabled");
  });

  test("two keys at once are refused, even when both are good", async () => {
    await expectRefused(collector.event(), "conflicting-credentials", {
      authorization: `Bearer ${collector.key.apiKey}`,
    });
  });
});
