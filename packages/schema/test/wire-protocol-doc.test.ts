import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { Check } from "typebox/value";
import { expect, test } from "vitest";
import {
  BATCH_ID_PATTERN,
  BatchSchema,
  CLIENT_NAMES,
  DROP_REASONS,
  ERROR_TYPE_PATTERN,
  EVENTS_PATH,
  EventSchema,
  IP_LIMIT,
  MAX_BATCH_BYTES,
  MAX_DROPPED_COUNT,
  MAX_DURATION_MS,
  MAX_EVENT_AGE_MS,
  MAX_EVENT_BYTES,
  MAX_EVENT_LEAD_MS,
  MAX_EVENTS_PER_BATCH,
  MAX_JSON_DEPTH,
  OTHER_NAME,
  PROBLEMS,
  REJECT_REASONS,
  SIGNATURE_WINDOW_MS,
  SOFTWARE_NAME_PATTERN,
  SOFTWARE_VERSION_PATTERN,
  signingPrefix,
  TIERS,
  TOOL_PATTERN,
  UNKNOWN_TOOL_NAME,
} from "../src/index.ts";

const doc = readFileSync(new URL("../../../docs/wire-protocol.md", import.meta.url), "utf8");

test("the signature vectors of the document recompute", () => {
  const secret = /secret `(wms_[0-9a-f]{64})`/.exec(doc)?.[1] ?? "";
  const timestamp = /timestamp `(\d{13})`/.exec(doc)?.[1] ?? "";
  const block = /```json signing-vectors\n([\s\S]*?)```/.exec(doc)?.[1] ?? "[]";
  const vectors = JSON.parse(block) as { body: string; signature: string }[];
  expect(vectors.length).toBeGreaterThanOrEqual(3);
  for (const { body, signature } of vectors) {
    expect(createHmac("sha256", secret).update(signingPrefix(timestamp)).update(body).digest("hex")).toBe(signature);
  }
});

test("the document states the grammars and closed sets that the schema has", () => {
  const patterns = [
    TOOL_PATTERN,
    ERROR_TYPE_PATTERN,
    BATCH_ID_PATTERN,
    SOFTWARE_NAME_PATTERN,
    SOFTWARE_VERSION_PATTERN,
    ...[EVENTS_PATH, OTHER_NAME, UNKNOWN_TOOL_NAME],
  ];
  for (const text of [...patterns, ...DROP_REASONS, ...REJECT_REASONS, ...CLIENT_NAMES])
    expect(doc).toContain(`\`${text}\``);
});

test("the document lists every problem code beside its status, and no other", () => {
  const rows = doc.split("\n").filter((line) => /^\| [345]\d\d/.test(line));
  for (const [code, { status }] of Object.entries(PROBLEMS)) {
    const lines = [...rows, ...doc.split("\n").filter((line) => line.includes("are for the dashboard"))];
    expect([code, lines.some((line) => line.includes(`\`${code}\``) && line.includes(String(status)))]).toEqual([
      code,
      true,
    ]);
  }
  const table = doc.slice(doc.indexOf("| Status | `code` |"), doc.indexOf("### Try again"));
  const listed = [...table.matchAll(/`([a-z0-9-]+)`/g)].map(([, code]) => code);
  const words = new Set(["code", "details", "reason"]);
  expect(listed.filter((word) => !words.has(word ?? "")).sort()).toEqual(Object.keys(PROBLEMS).sort());
});

test("the document states the limits that the schema has", () => {
  const { burstRequests, requestsPerHour, requestsPerDay, eventsPerDay } = TIERS.free;
  const words = [
    `admits ${burstRequests} requests at once, ${requestsPerHour} in any hour and ${format(requestsPerDay)} a day`,
    `${format(eventsPerDay)} events a day`,
    `"hour";q=${requestsPerHour};w=3600, "day";q=${requestsPerDay};w=86400, "events";q=${eventsPerDay}`,
    `at most ${format(MAX_EVENT_AGE_MS)} old and ${format(MAX_EVENT_LEAD_MS)} ahead`,
    `integer, 0 to ${format(MAX_DURATION_MS)}`,
    `each 1 to ${format(MAX_DROPPED_COUNT)}`,
    `1 to ${MAX_EVENTS_PER_BATCH} events`,
    `one event | ${MAX_EVENT_BYTES / 1024} KiB`,
    `| ${MAX_BATCH_BYTES / 1024} KiB |`,
    `clock by ${SIGNATURE_WINDOW_MS / 1000} s in either direction`,
    `nested at most ${MAX_JSON_DEPTH} deep`,
    `${IP_LIMIT.requests} requests at once and ${IP_LIMIT.requests} more per ${IP_LIMIT.windowMs / 60_000} minutes`,
  ];
  const flat = doc.replaceAll(/\s+/g, " ");
  for (const text of words) expect(flat).toContain(text);
});

test("the document's examples are valid", () => {
  const examples = [...doc.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = ""]) => JSON.parse(text) as object);
  expect(examples.map((example) => Check("events" in example ? BatchSchema : EventSchema, example))).toEqual([
    true,
    true,
  ]);
});

function format(count: number): string {
  return count.toLocaleString("en");
}
