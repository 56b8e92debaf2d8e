import type { ProblemCode } from "@org/mcp-analytics-schema";

export interface BadRequest {
  readonly name: string;
  readonly path?: "/v1/events/batch";
  /** replaces the default headers; `apiKey` is the good key */
  readonly headers?: (apiKey: string) => Record<string, string>;
  readonly body: (nowMs: number) => string | Buffer;
  readonly status: number;
  readonly code: ProblemCode;
}

const event = (nowMs: number, more: Record<string, unknown> = {}) => ({
  tool: "get_forecast",
  success: true,
  timestamp: nowMs,
  ...more,
});
const single = (more: Record<string, unknown>) => (nowMs: number) => JSON.stringify(event(nowMs, more));
const batch = (nowMs: number, events: unknown[]) =>
  JSON.stringify({ batchId: `0198c0de-0000-7000-8000-${String(nowMs).slice(-12)}`, events });
const json = { "content-type": "application/json" };
const invalid = { status: 400, code: "invalid-event" } as const;

/** Every row of "what bad input gets", against any collector that runs. */
export const BAD_REQUESTS: readonly BadRequest[] = [
  { name: "an unknown field", body: single({ location: "Paris" }), ...invalid },
  { name: "a success that is a string", body: single({ success: "true" }), ...invalid },
  { name: "a success that is a number", body: single({ success: 1 }), ...invalid },
  { name: "a tool that is a number", body: single({ tool: 5 }), ...invalid },
  { name: "a tool name of 51 characters", body: single({ tool: "t".repeat(51) }), ...invalid },
  { name: "a tool name with spaces", body: single({ tool: "what is the weather" }), ...invalid },
  { name: "a missing field", body: (now) => JSON.stringify({ tool: "a", timestamp: now }), ...invalid },
  { name: "an error type on a success", body: single({ errorType: "TIMEOUT" }), ...invalid },
  { name: "a timestamp two minutes old", body: (now) => JSON.stringify(event(now - 120_000)), ...invalid },
  { name: "a timestamp a minute ahead", body: (now) => JSON.stringify(event(now + 60_000)), ...invalid },
  { name: "a timestamp in seconds", body: (now) => JSON.stringify(event(Math.floor(now / 1000))), ...invalid },
  {
    name: "a timestamp that is a string",
    body: (now) => JSON.stringify(event(now, { timestamp: String(now) })),
    ...invalid,
  },
  { name: "an array", body: (now) => JSON.stringify([event(now)]), ...invalid },
  { name: "cut-off JSON", body: (now) => JSON.stringify(event(now)).slice(0, -1), status: 400, code: "malformed-json" },
  { name: "an empty body", body: () => "", status: 400, code: "malformed-json" },
  {
    name: "bytes that are not UTF-8",
    body: () => Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    status: 400,
    code: "invalid-utf8",
  },
  { name: "a body over 1 KiB", body: single({ tool: "t".repeat(2_000) }), status: 413, code: "body-too-large" },
  { name: "no key", headers: () => json, body: single({}), status: 401, code: "key-required" },
  {
    name: "a key that nobody made",
    headers: () => ({ ...json, "x-api-key": `wmc_${"0".repeat(64)}` }),
    body: single({}),
    status: 401,
    code: "invalid-key",
  },
  {
    name: "a key that is none",
    headers: () => ({ ...json, "x-api-key": "hello" }),
    body: single({}),
    status: 401,
    code: "invalid-key",
  },
  {
    name: "a key in both headers",
    headers: (apiKey) => ({ ...json, "x-api-key": apiKey, authorization: `Bearer ${apiKey}` }),
    body: single({}),
    status: 400,
    code: "conflicting-credentials",
  },
  {
    name: "plain text",
    headers: (apiKey) => ({ "content-type": "text/plain", "x-api-key": apiKey }),
    body: single({}),
    status: 415,
    code: "unsupported-media-type",
  },
  {
    name: "a batch with no valid event",
    path: "/v1/events/batch",
    body: (now) => batch(now, [event(now, { tool: "" }), event(now, { success: null })]),
    status: 400,
    code: "no-valid-event",
  },
  {
    name: "a batch of 101 events",
    path: "/v1/events/batch",
    body: (now) =>
      batch(
        now,
        Array.from({ length: 101 }, () => event(now)),
      ),
    status: 413,
    code: "too-many-events",
  },
  {
    name: "a batch over 64 KiB",
    path: "/v1/events/batch",
    body: (now) => batch(now, [event(now, { tool: "t".repeat(70_000) })]),
    status: 413,
    code: "body-too-large",
  },
];
