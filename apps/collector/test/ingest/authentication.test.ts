import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { expectProblem, expectUnharmed } from "./problems.ts";
import { exchange, RawConnection, requestText } from "./raw-http.ts";
import { type Headers, startTestCollector, type TestCollector } from "./test-collector.ts";

let collector: TestCollector;
beforeEach(async () => {
  collector = await startTestCollector();
});
afterEach(() => collector.close());

const invented = () => `wmc_${randomBytes(32).toString("hex")}`;
const withKey = (apiKey: string): Headers => ({ "x-api-key": apiKey });

/** Sends a good event with these headers and no X-API-Key. */
function sendWith(headers: Headers): Promise<Response> {
  return fetch(`${collector.url}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(collector.event()),
  });
}

describe("the key in its headers", () => {
  test.each(["Bearer", "bearer", "BEARER"])("Authorization: %s <key> lets in", async (scheme) => {
    const response = await sendWith({ authorization: `${scheme} ${collector.key.apiKey}` });
    expect(response.status).toBe(201);
  });

  test("every other Authorization is an invalid key", async () => {
    const { apiKey } = collector.key;
    for (const authorization of [
      `Basic ${apiKey}`,
      apiKey,
      `Bearer  ${apiKey}`,
      `Bearer ${apiKey} x`,
      `Bearer ${apiKey},`,
      `Bearer${apiKey}`,
      "Bearer x",
    ]) {
      await expectProblem(await sendWith({ authorization }), "invalid-key");
    }
  });

  test("a text that is no key is neither hashed nor looked up", async () => {
    const hex = "0123456789abcdef".repeat(4);
    for (const text of [
      `wmc_${hex.slice(1)}`,
      `wmc_${hex}0`,
      `wmc_${hex.toUpperCase()}`,
      `WMC_${hex}`,
      `wms_${hex}`,
      `wmr_${hex}`,
      `wmc_${hex.slice(2)}%00`,
      "' or 1=1 --",
      "{}:*",
    ]) {
      await expectProblem(await sendWith(withKey(text)), "invalid-key");
    }
    expect(collector.keyStore.lookups).toBe(0);
  });

  test("a key in the URL, in a cookie or in the body is no key", async () => {
    const { apiKey } = collector.key;
    for (const [path, headers] of [
      [`/v1/events?key=${apiKey}&x-api-key=${apiKey}`, {}],
      ["/v1/events", { cookie: `x-api-key=${apiKey}` }],
    ] as const) {
      const response = await fetch(collector.url + path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ ...collector.event(), apiKey }),
      });
      await expectProblem(response, "key-required");
    }
  });

  test("a repeated X-API-Key is none", async () => {
    const { apiKey } = collector.key;
    const body = JSON.stringify(collector.event());
    const headers = [
      ["Content-Type", "application/json"],
      ["X-API-Key", apiKey],
      ["X-API-Key", apiKey],
      ["Content-Length", String(body.length)],
    ] as const;
    const answer = await exchange(collector.port, requestText("POST", "/v1/events", headers, body));
    expect(answer.status).toBe(401);
    await expectUnharmed(collector, 0);
  });

  test("an empty X-API-Key is a missing one", async () => {
    await expectProblem(await sendWith({ "x-api-key": "" }), "key-required");
  });
});

describe("before a body is read", () => {
  test.each([
    ["without a key", 401, () => ""],
    ["with an unknown key", 401, () => invented()],
    ["with a disabled key", 403, () => collector.keyStore.add({ status: "disabled" }).apiKey],
    [
      "with a key that has no requests left",
      429,
      () => collector.keyStore.add({ tier: "free", rateLimitPerDay: 0 }).apiKey,
    ],
    [
      "unsigned, with a key that asks for signatures",
      401,
      () => collector.keyStore.add({ requireSignature: true }).apiKey,
    ],
  ])("who comes %s is answered %i though not a byte of the body has come", async (_who, status, apiKey) => {
    const connection = new RawConnection(collector.port);
    const headers = [
      ["Content-Type", "application/json"],
      ["X-API-Key", apiKey()],
      ["Content-Length", "100"],
    ] as const;
    connection.send(requestText("POST", "/v1/events", headers));
    expect((await connection.answer()).status).toBe(status);
    connection.end();
  });

  test("the connection of a refused request carries the next one", async () => {
    const body = JSON.stringify(collector.event());
    const head = (apiKey: string) =>
      requestText("POST", "/v1/events", [
        ["Content-Type", "application/json"],
        ["X-API-Key", apiKey],
        ["Content-Length", String(body.length)],
      ]);
    const connection = new RawConnection(collector.port);
    connection.send(head(invented()));
    expect((await connection.answer()).status).toBe(401);
    connection.send(body);
    connection.send(head(collector.key.apiKey) + body);
    expect((await connection.answer()).status).toBe(201);
    connection.end();
  });
});

describe("lookups", () => {
  const lookupsAfter = async (apiKey: string, status: number) => {
    expect((await collector.sendEvent(collector.event(), withKey(apiKey))).status).toBe(status);
    return collector.keyStore.lookups;
  };

  test("a key that rests is looked up once in 10 seconds, an unknown one once in 30", async () => {
    const { apiKey } = collector.key;
    expect([await lookupsAfter(apiKey, 201), await lookupsAfter(apiKey, 201)]).toEqual([1, 1]);
    collector.clock.advance(8_000);
    expect(await lookupsAfter(apiKey, 201)).toBe(1);
    collector.clock.advance(2_000);
    expect(await lookupsAfter(apiKey, 201)).toBe(2);

    const unknown = invented();
    expect([await lookupsAfter(unknown, 401), await lookupsAfter(unknown, 401)]).toEqual([3, 3]);
    collector.clock.advance(29_999);
    expect(await lookupsAfter(unknown, 401)).toBe(3);
    collector.clock.advance(1);
    expect(await lookupsAfter(unknown, 401)).toBe(4);
  });

  test("a key that is disabled or removed stops within 10 seconds", async () => {
    await lookupsAfter(collector.key.apiKey, 201);
    collector.keyStore.change(collector.key, { status: "disabled" });
    collector.clock.advance(10_000);
    await lookupsAfter(collector.key.apiKey, 403);
    collector.keyStore.remove(collector.key);
    collector.clock.advance(10_000);
    await lookupsAfter(collector.key.apiKey, 401);
  });

  test("a key that is created after it was asked for works within 30 seconds", async () => {
    await lookupsAfter(collector.key.apiKey, 201);
    const later = collector.keyStore.add();
    const { record } = later;
    collector.keyStore.remove(later);
    await lookupsAfter(later.apiKey, 401);
    collector.keyStore.change(later, record);
    collector.clock.advance(30_000);
    await lookupsAfter(later.apiKey, 201);
  });

  test("requests that come together share one lookup", async () => {
    let open = () => {};
    collector.keyStore.gate = new Promise((resolve) => {
      open = resolve;
    });
    const sent = Array.from({ length: 20 }, () => collector.sendEvent(collector.event()));
    // All twenty hold at the gate once the app has had each of them; then it opens.
    await expect.poll(() => collector.keyStore.lookups).toBe(1);
    open();
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([201]));
    expect(collector.keyStore.lookups).toBe(1);
  });

  test("a failed lookup is answered 503 and not remembered", async () => {
    collector.keyStore.available = false;
    const response = await collector.sendEvent(collector.event());
    await expectProblem(response, "storage-unavailable");
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    collector.keyStore.available = true;
    await expectUnharmed(collector, 0);
  });

  test("an address that guesses keys gets 429 after twenty; its guesses are counted again as time passes", async () => {
    for (let i = 0; i < 20; i++) await lookupsAfter(invented(), 401);
    for (let i = 0; i < 30; i++) await lookupsAfter(invented(), 429);
    collector.clock.advance(3 * 60_000);
    await lookupsAfter(invented(), 401);
    await lookupsAfter(invented(), 429);
  });

  test("keys that exist are all found behind an address that guesses, also those that were never seen", async () => {
    const keys = Array.from({ length: 200 }, () => collector.keyStore.add());
    for (let i = 0; i < 60; i++) await collector.sendEvent(collector.event(), withKey(invented()));
    const answers = await Promise.all(
      keys.flatMap(({ apiKey }) => [
        collector.sendEvent(collector.event(), withKey(apiKey)),
        collector.sendEvent(collector.event(), withKey(invented())),
      ]),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(200);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(200);
  });

  test("a key that was removed is a guess once, and known not to exist after that", async () => {
    await lookupsAfter(collector.key.apiKey, 201);
    for (let i = 0; i < 20; i++) await lookupsAfter(invented(), 401);
    collector.keyStore.remove(collector.key);
    collector.clock.advance(10_000);
    const lookups = await lookupsAfter(collector.key.apiKey, 429);
    expect(await lookupsAfter(collector.key.apiKey, 401)).toBe(lookups);
  });

  test("guesses from many addresses of one IPv6 network count as one", async () => {
    const proxied = await startTestCollector({ config: { trustProxy: ["127.0.0.1"] } });
    const guess = (i: number) =>
      proxied.sendEvent(proxied.event(), { ...withKey(invented()), "x-forwarded-for": `2001:db8::${i.toString(16)}` });
    for (let i = 1; i <= 60; i++) expect((await guess(i)).status).toBe(i <= 20 ? 401 : 429);
    await proxied.close();
  });
});
