import { BATCH_PATH, EVENTS_PATH } from "@org/mcp-analytics-schema";
import { afterEach, describe, expect, test } from "vitest";
import { startTestCollector, type TestCollector, type TestCollectorOptions } from "./test-collector.ts";

const ORIGIN = "https://app.example";
const BATCH_ID = "01234567-0123-7123-8123-000000000001";

let collector: TestCollector;
afterEach(() => collector.close());

const start = async (config: TestCollectorOptions["config"] = {}) => {
  collector = await startTestCollector({ config });
};

/** The answers that say that events are stored: to an event, to a batch, and to the same batch again. */
async function storedAnswers(headers: Record<string, string> = {}): Promise<Response[]> {
  const batch = { batchId: BATCH_ID, events: [collector.event(), collector.event()] };
  const answers: Response[] = [];
  for (const [path, body] of [
    [EVENTS_PATH, collector.event()],
    [BATCH_PATH, batch],
    [BATCH_PATH, batch],
  ] as const) {
    answers.push(await collector.send(path, body, headers));
  }
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  return answers;
}

describe.each([
  ["without origins", [], {}],
  ["with origins, to a client that is no page", [ORIGIN], {}],
  ["with origins, to a page of one", [ORIGIN], { origin: ORIGIN }],
])("a stored answer %s", (_when, corsOrigins, headers) => {
  test("is neither guessed at nor kept, and is as long as it says", async () => {
    await start({ corsOrigins });
    for (const answer of await storedAnswers(headers)) {
      const body = Buffer.from(await answer.arrayBuffer());
      expect(JSON.parse(body.toString())).toMatchObject({ success: true });
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "content-type": "application/json; charset=utf-8",
        "content-length": String(body.length),
      });
      expect(answer.headers.has("transfer-encoding")).toBe(false);
    }
  });

  test("says what is left of the limits", async () => {
    await start({ corsOrigins });
    for (const answer of await storedAnswers(headers)) {
      expect(answer.headers.get("ratelimit")).toMatch(/^"burst";r=\d+;t=\d+$/);
      expect(answer.headers.get("ratelimit-policy")).toMatch(/^"burst";q=500;w=\d+, "hour";/);
    }
  });
});

test("no page is let in by a stored answer where no origin is configured, and nothing is said that nobody needs", async () => {
  await start();
  for (const answer of await storedAnswers({ origin: ORIGIN })) {
    expect([...answer.headers.keys()].sort()).toEqual([
      "cache-control",
      "connection",
      "content-length",
      "content-type",
      "date",
      "ratelimit",
      "ratelimit-policy",
      "x-content-type-options",
    ]);
  }
});

test("a page of a configured origin is let in by every stored answer, and may read what is left of the limits", async () => {
  await start({ corsOrigins: [ORIGIN, "https://second.example"] });
  for (const origin of [ORIGIN, "https://second.example"]) {
    for (const { headers } of await storedAnswers({ origin })) {
      expect(headers.get("access-control-allow-origin")).toBe(origin);
      expect(headers.get("access-control-expose-headers")).toMatch(/ratelimit, ratelimit-policy/);
      expect(headers.get("access-control-allow-credentials")).toBeNull();
      expect(headers.get("vary")).toBe("Origin");
    }
  }
});

test("nobody else is let in by a stored answer where origins are configured", async () => {
  await start({ corsOrigins: [ORIGIN] });
  for (const { headers } of await storedAnswers({ origin: "https://other.example" })) {
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
});
