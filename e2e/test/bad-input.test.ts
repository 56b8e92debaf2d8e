import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CollectorProcess } from "../src/collector-process.ts";
import { UsageReader } from "../src/usage-reader.ts";
import { BAD_REQUESTS } from "./bad-input-rows.ts";

let dataDir: string;
let collector: CollectorProcess;
let reader: UsageReader;
let apiKey: string;
let goodEvents = 0;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "mcp-analytics-e2e-"));
  collector = await CollectorProcess.start({ DATA_DIR: dataDir, IP_LIMIT_REQUESTS: "100000" });
  reader = await UsageReader.signIn(collector.url, await collector.adminLink());
  // Room for every row; the limits have tests of their own.
  ({ apiKey } = await collector.createKey("--tier", "enterprise"));
});

afterAll(async () => {
  await collector?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** The client of the public guide: one event, by plain fetch. */
async function sendAsTheGuideDoes(apiKey: string): Promise<Response> {
  const answer = await fetch(collector.eventsUrl, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-API-Key": apiKey },
    body: JSON.stringify({ tool: "get_forecast", success: false, errorType: "TIMEOUT", timestamp: Date.now() }),
  });
  if (answer.status === 201) goodEvents++;
  return answer;
}

test("the public guide's own client gets 201, and its event is stored", async () => {
  const key = await collector.createKey();
  const answer = await sendAsTheGuideDoes(key.apiKey);
  expect(answer.status).toBe(201);
  expect(await answer.json()).toEqual({ success: true });
  expect(await reader.read()).toMatchObject({ stored: goodEvents, failed: goodEvents, byErrorType: { TIMEOUT: 1 } });
});

test.each(BAD_REQUESTS)("$name gets $status $code, stores nothing, and the next good request works", async (row) => {
  const before = await reader.read();
  const headers = row.headers?.(apiKey) ?? { "content-type": "application/json", "x-api-key": apiKey };
  const url = `${collector.url}${row.path ?? "/v1/events"}`;
  const body = row.body(Date.now());
  const answer = await fetch(url, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : new Uint8Array(body),
  });
  expect(answer.status).toBe(row.status);
  expect(answer.headers.get("content-type")).toContain("application/problem+json");
  const problem = await answer.json();
  expect(problem).toMatchObject({ status: row.status, code: row.code });
  expect(problem.error).toEqual(expect.any(String));
  expect(await reader.read()).toEqual(before);

  expect((await sendAsTheGuideDoes(apiKey)).status).toBe(201);
  expect((await reader.read()).stored).toBe(goodEvents);
});

test("a key that was revoked gets 403, stores nothing, and other keys go on", async () => {
  const revoked = await collector.createKey();
  await collector.cli("keys", "revoke", revoked.id);
  const answer = await sendAsTheGuideDoes(revoked.apiKey);
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ code: "key-disabled", error: "API key disabled" });
  expect((await reader.read()).stored).toBe(goodEvents);
  expect((await sendAsTheGuideDoes(apiKey)).status).toBe(201);
});

test("nothing that was sent, no key and no address stands in the collector's log", () => {
  expect(collector.log).not.toMatch(/wm[cs]_[0-9a-f]{8}/);
  expect(collector.log).not.toContain("what is the weather");
  expect(collector.log).not.toContain("Paris");
  expect(collector.log).not.toMatch(/remoteAddress|"ip"|x-forwarded-for/i);
});
