import { Agent, request } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { RawConnection, requestText } from "../ingest/raw-http.ts";
import { startTestCollector, type TestCollector } from "../ingest/test-collector.ts";

const ORIGIN = "https://app.example";
const BATCH_ID = "01234567-0123-7123-8123-000000000001";
/** All of them are the route of events; only the first is spelt as the server below Fastify knows it. */
const SPELLINGS = ["/v1/events", "/v1/%65vents", "/v1/events?x=1", "http://collector/v1/events"] as const;
const [PLAIN, ...OTHERS] = SPELLINGS;

let collector: TestCollector;
afterEach(() => collector.close());

interface Answer {
  readonly status: number | undefined;
  /** Every one that was sent, also twice, but for the date. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** On every answer, whatever it says; the date is left out. */
const ALWAYS = ["cache-control", "connection", "content-length", "content-type", "x-content-type-options"];
const namesOf = (answer?: Answer) => answer?.headers.map((header) => header.split(":", 1)[0]).sort();

/** Sends one event and keeps all of the answer: `fetch` would rewrite the path and join headers that came twice. */
function post(agent: Agent, path: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { agent, port: collector.port, path, method: "POST" };
    const asked = request(
      { ...options, headers: { "content-type": "application/json", ...headers } },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const pairs = response.rawHeaders.flatMap((name, i, all) =>
          i % 2 === 0 && name.toLowerCase() !== "date" ? [`${name.toLowerCase()}: ${all[i + 1]}`] : [],
        );
        resolve({ status: response.statusCode, headers: pairs.sort(), body: Buffer.concat(chunks).toString() });
      },
    );
    asked.on("error", reject);
    asked.end(JSON.stringify(body));
  });
}

/** What a collector of its own answers on this path until key and address are exhausted, and what it noted. */
async function answersOn(path: string, corsOrigins: readonly string[], headers: Record<string, string> = {}) {
  collector = await startTestCollector({ config: { corsOrigins: [...corsOrigins], ipLimitRequests: 13 } });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { apiKey } = collector.keyStore.add({ tier: "free" });
  const answers: Answer[] = [];
  const send = async (body: unknown, key: string) =>
    answers.push(await post(agent, path, body, { ...headers, "x-api-key": key }));
  for (let i = 0; i < 11; i++) await send(collector.event(), apiKey);
  await send(collector.event(), `wmc_${"0".repeat(64)}`);
  await send({}, collector.key.apiKey);
  await send(collector.event(), collector.key.apiKey);
  agent.destroy();
  const { requests, events } = collector.metrics.outcomes;
  const stored = collector.writer.events.length;
  await collector.close();
  return { answers, noted: { requests: { ...requests }, events: { ...events }, stored } };
}

describe("another spelling of the path", () => {
  test.each(OTHERS)("%s is answered, stored and counted as the plain one, header by header", async (path) => {
    const plain = await answersOn(PLAIN, []);
    expect(plain.answers.map(({ status }) => status)).toEqual([...Array(10).fill(201), 429, 401, 400, 429]);
    expect(plain.noted).toMatchObject({
      stored: 10,
      requests: { stored: 10, "rate-limited": 2, "invalid-key": 1, "invalid-event": 1 },
      events: { accepted: 10 },
    });
    const limits = ["ratelimit", "ratelimit-policy"];
    for (const [i, names] of [
      [0, limits],
      [10, [...limits, "retry-after"]],
      [11, ["www-authenticate"]],
      [12, limits],
      [13, ["retry-after"]],
    ] as const) {
      expect(namesOf(plain.answers[i])).toEqual([...ALWAYS, ...names].sort());
    }
    expect(await answersOn(path, [])).toEqual(plain);
  });

  test.each([
    ["to a client that is no page", {}, []],
    ["to a page of one", { origin: ORIGIN }, [`access-control-allow-origin: ${ORIGIN}`]],
  ])(
    "is answered alike where origins are configured, %s: only headers for pages are added",
    async (_to, headers, letIn) => {
      const without = await answersOn(PLAIN, []);
      const forPages = [
        "access-control-expose-headers: ratelimit, ratelimit-policy, retry-after",
        "vary: Origin",
        ...letIn,
      ];
      const answers = without.answers.map((answer) => ({
        ...answer,
        headers: [...answer.headers, ...forPages].sort(),
      }));
      for (const path of SPELLINGS) expect(await answersOn(path, [ORIGIN], headers)).toEqual({ ...without, answers });
    },
  );

  test("holds for batches, too", async () => {
    collector = await startTestCollector();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const batch = { batchId: BATCH_ID, events: [collector.event(), {}] };
    const key = { "x-api-key": collector.key.apiKey };
    const plain = await post(agent, "/v1/events/batch", batch, key);
    const other = await post(agent, "/v1/events/%62atch", { ...batch, batchId: BATCH_ID.replace(/.$/, "2") }, key);
    const again = await post(agent, "/v1/events/batch?x=1", batch, key);
    agent.destroy();
    expect([plain.status, other.status, other.body]).toEqual([201, 201, plain.body]);
    expect(JSON.parse(again.body)).toMatchObject({ accepted: 1, duplicate: true });
    expect(namesOf(other)).toEqual(namesOf(plain));
    expect(collector.metrics.outcomes.requests).toMatchObject({ stored: 2, duplicate: 1 });
    expect(collector.writer.events).toHaveLength(2);
  });

  test.each(SPELLINGS.flatMap((path) => ["GET", "PUT", "DELETE"].map((method) => [method, path] as const)))(
    "%s %s is 405 with the method that there is",
    async (method, path) => {
      await start();
      const [answer] = await answersTo([requestText(method, path, [["X-API-Key", collector.key.apiKey]])], 1);
      expect([answer?.status, answer?.headers.allow, codeOf(answer)]).toEqual([405, "POST", "method-not-allowed"]);
    },
  );
});

const start = async () => {
  collector = await startTestCollector();
};

type Pairs = readonly (readonly [string, string])[];

const HEADERS: Pairs = [["Content-Type", "application/json"]];
const eventText = () => JSON.stringify(collector.event());
const codeOf = (answer?: { body: string }) => (JSON.parse(answer?.body ?? "") as { code?: string }).code;

/** A request for one event that will be stored, unless `extra` says otherwise. */
function eventRequest(path: string, extra: Pairs = [["X-API-Key", collector.key.apiKey]]): string {
  const body = eventText();
  return requestText("POST", path, [...HEADERS, ["Content-Length", String(body.length)], ...extra], body);
}

/** Sends these one after the other over one connection, without waiting, and returns so many answers. */
async function answersTo(texts: readonly string[], count: number) {
  const connection = new RawConnection(collector.port);
  connection.send(texts.join(""));
  const answers = [];
  for (let i = 0; i < count; i++) answers.push(await connection.answer());
  connection.end();
  return answers;
}

describe.each(SPELLINGS)("over one connection, %s", (path) => {
  test("tells a client to go on that asks first, and then answers", async () => {
    await start();
    const text = eventRequest(path, [
      ["X-API-Key", collector.key.apiKey],
      ["Expect", "100-continue"],
    ]);
    const bodyAt = text.indexOf("\r\n\r\n") + 4;
    const connection = new RawConnection(collector.port);
    connection.send(text.slice(0, bodyAt));
    await expect.poll(() => connection.rest).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    connection.send(text.slice(bodyAt));
    expect((await connection.answer()).status).toBe(201);
    connection.end();
    expect(collector.metrics.outcomes.requests.stored).toBe(1);
  });

  test("ignores an expectation that nobody knows", async () => {
    await start();
    const key = ["X-API-Key", collector.key.apiKey] as const;
    const [answer] = await answersTo([eventRequest(path, [key, ["Expect", "x-unknown"]])], 1);
    expect([answer?.status, collector.writer.events.length]).toEqual([201, 1]);
  });

  test("answers what is sent at once in order, though the first needs longest", async () => {
    await start();
    let open = () => {};
    collector.writer.gate = new Promise((resolve) => {
      open = resolve;
    });
    const connection = new RawConnection(collector.port);
    connection.send(eventRequest(path) + eventRequest(path, []));
    // The second has been refused by now, and must wait for the first.
    await expect.poll(() => collector.metrics.outcomes.requests["key-required"]).toBe(1);
    expect(connection.rest).toBe("");
    open();
    expect((await connection.answer()).status).toBe(201);
    expect((await connection.answer()).status).toBe(401);
    connection.end();
  });

  test("answers the request behind one that was refused before its body was read", async () => {
    await start();
    const answers = await answersTo([eventRequest(path, []), eventRequest(path)], 2);
    expect(answers.map(({ status }) => status)).toEqual([401, 201]);
  });

  test("answers the request behind a body that comes after its refusal", async () => {
    await start();
    const refused = eventRequest(path, []);
    const connection = new RawConnection(collector.port);
    connection.send(refused.slice(0, -20));
    expect((await connection.answer()).status).toBe(401);
    connection.send(refused.slice(-20) + eventRequest(path));
    expect((await connection.answer()).status).toBe(201);
    connection.end();
    expect(collector.metrics.outcomes.requests).toMatchObject({ stored: 1, "key-required": 1 });
  });
});
