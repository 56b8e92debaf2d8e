import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAdminLink } from "../../src/accounts/admin-link.ts";
import { issueToken } from "../../src/accounts/session-token.ts";
import type { AppConfig } from "../../src/app.ts";
import type { BucketStore } from "../../src/limits/bucket-store.ts";
import { createInProcessBucketStore } from "../../src/limits/in-process-bucket-store.ts";
import { createPages } from "../../src/query/pages.ts";
import type { SessionStore, TokenRef } from "../../src/storage/session-store.ts";
import { expectProblem } from "../ingest/problems.ts";
import { startTestCollector, type TestCollector } from "../ingest/test-collector.ts";
import { SimulatedClock } from "../limits/simulated-clock.ts";

const HOUR_MS = 3_600_000;

let collector: TestCollector;
let clock: SimulatedClock;
/** Statements that sessions and links have cost. */
let queries: number;
let partitions: Set<string>;

function memorySessionStore(): SessionStore {
  const links = new Set<string>();
  const sessions = new Map<string, number>();
  const asked = <Result>(result: Result): Promise<Result> => {
    queries++;
    return Promise.resolve(result);
  };
  return {
    addAdminLink: async ({ tokenHash }) => void links.add(tokenHash),
    exchangeAdminLink: (link: TokenRef, session: TokenRef, _nowMs: number, expiresAtMs: number) => {
      const isKnown = links.delete(link.tokenHash);
      if (isKnown) sessions.set(session.tokenHash, expiresAtMs);
      return asked(isKnown);
    },
    findSession: ({ tokenHash }) => {
      const expiresAtMs = sessions.get(tokenHash);
      return asked(expiresAtMs === undefined ? undefined : { projectName: "x", createdAtMs: clock.now(), expiresAtMs });
    },
    extendSession: () => asked(undefined),
    deleteSession: ({ tokenHash }) => asked(void sessions.delete(tokenHash)),
    deleteExpired: async () => {},
  };
}

let sessionStore: SessionStore;
let folder: string;

async function start(config: Partial<AppConfig> = {}): Promise<void> {
  const now = clock.now;
  const store = createInProcessBucketStore({ now });
  const buckets: BucketStore = {
    ...store,
    take(charge) {
      partitions.add(charge.partition);
      return store.take(charge);
    },
  };
  const usageStore = { countCalls: () => Promise.reject(new Error("not asked here")) };
  const settings = { rawRetentionDays: 30, publicUrl: undefined, folder: `${folder}/` };
  const registerPages = createPages({
    usageStore,
    sessionStore,
    now,
    makeKey: () => Promise.reject(new Error("not asked here")),
    ...settings,
  });
  collector = await startTestCollector({
    config: { trustProxy: ["127.0.0.0/8"], ipLimitRequests: 100, ...config },
    deps: { registerPages, buckets, now },
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "collector-pages-"));
  await writeFile(join(folder, "index.html"), "<!doctype html>");
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  clock = new SimulatedClock();
  queries = 0;
  partitions = new Set();
  sessionStore = memorySessionStore();
});
afterEach(() => collector.close());

const cookieName = () => `session-${collector.port}`;
const invented = () => issueToken(1).token;

interface Question {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly token?: string;
  readonly body?: unknown;
  readonly from?: string;
}

function ask({ method = "GET", token, body, from = "198.51.100.1" }: Question = {}): Promise<Response> {
  return fetch(`${collector.url}/api/v1/session`, {
    method,
    headers: {
      "x-forwarded-for": from,
      origin: collector.url,
      ...(token !== undefined && { cookie: `${cookieName()}=${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function signedIn(from?: string): Promise<string> {
  const deps = { sessionStore, now: clock.now };
  const { url } = await createAdminLink(deps, { projectId: 1, baseUrl: collector.url });
  const answer = await ask({ method: "POST", body: { token: url.split("=")[1] }, ...(from && { from }) });
  expect(answer.status).toBe(204);
  return /=([^;]+)/.exec(answer.headers.get("set-cookie") ?? "")?.[1] ?? "";
}

describe("guesses of sessions and links", () => {
  test.each<[string, () => Question]>([
    ["cookies", () => ({ token: invented() })],
    ["cookies to sign out with", () => ({ method: "DELETE", token: invented() })],
    ["one-time links", () => ({ method: "POST", body: { token: invented() } })],
  ])("invented %s get 429 after twenty, one after the other and all at once", async (_what, question) => {
    await start();
    for (let i = 0; i < 10; i++) expect([401, 204]).toContain((await ask(question())).status);
    const rest = await Promise.all(Array.from({ length: 100 }, () => ask(question())));
    expect(rest.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(85);
    const refused = await ask(question());
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(60);
    await expectProblem(refused, "rate-limited");
    expect((await ask({ ...question(), from: "198.51.100.2" })).status).not.toBe(429);
    clock.advance(HOUR_MS);
    expect((await ask(question())).status).not.toBe(429);
  });

  test("what has not the form of a token costs no query, and no guess", async () => {
    await start();
    for (let i = 0; i < 60; i++) {
      const text = ["x", `1.${"g".repeat(64)}`, `wmc_${"0".repeat(64)}`, `0.${"0".repeat(64)}`][i % 4] as string;
      expect((await ask({ token: text })).status).toBe(401);
      expect((await ask({ method: "POST", body: { token: text } })).status).toBe(401);
    }
    expect(queries).toBe(0);
    expect((await ask({ token: invented() })).status).toBe(401);
  });

  test("sessions and links work while others guess behind the same address, also when they were never seen", async () => {
    await start();
    for (let i = 0; i < 30; i++) await ask({ token: invented() });
    expect((await ask({ token: invented() })).status).toBe(429);
    const token = await signedIn();
    expect((await ask({ token })).status).toBe(200);
    expect((await ask({ token: invented() })).status).toBe(429);
    expect((await ask({ token })).status).toBe(200);
    expect((await ask({ method: "DELETE", token })).status).toBe(204);
    expect((await ask({ token })).status).not.toBe(200);
  });
});

describe("the limit of an address for pages", () => {
  test("leaves room for a page that waits for its first event, for an hour", async () => {
    await start();
    const token = await signedIn();
    for (let i = 0; i < 1_200; i++) {
      const { status } = await ask({ token });
      if (status !== 200) expect([i, status]).toEqual([i, 200]);
      clock.advance(3_000);
    }
  });

  test("ends a flood, files included, and says when to come back; ingest is counted apart", async () => {
    await start();
    const paths = ["/api/v1/session", "/", "/api/v1/usage"];
    const flood = (count: number) =>
      Promise.all(
        Array.from({ length: count }, (_unused, i) =>
          fetch(collector.url + paths[i % 3], { headers: { "x-forwarded-for": "198.51.100.1" } }),
        ),
      );
    expect((await flood(150)).filter(({ status }) => status === 200)).toHaveLength(50);
    const statuses = (await flood(250)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(100);
    const [refused] = await flood(1);
    expect(refused?.headers.get("retry-after")).toBe("1");
    await expectProblem(refused as Response, "rate-limited");
    expect((await ask({ from: "198.51.100.2" })).status).toBe(401);
    const event = await collector.sendEvent(collector.event({ timestamp: clock.now() }), {
      "x-forwarded-for": "198.51.100.1",
    });
    expect(event.status).toBe(201);
  });

  test("an operator who widens the limit of addresses widens this one", async () => {
    await start({ ipLimitRequests: 1_000 });
    let refused = 0;
    for (const count of [500, 501]) {
      const answers = await Promise.all(Array.from({ length: count }, () => ask()));
      refused += answers.filter(({ status }) => status === 429).length;
    }
    expect(refused).toBe(1);
  });

  test("a /56 of IPv6 has ten times the limit of one of its networks", async () => {
    await start();
    const networks = Array.from({ length: 11 }, (_unused, i) => `2001:db8:1:ab${i.toString(16).padStart(2, "0")}::1`);
    for (const from of networks.slice(0, 10)) {
      const answers = await Promise.all(Array.from({ length: 300 }, () => ask({ from })));
      expect(answers.every(({ status }) => status === 401)).toBe(true);
    }
    expect((await ask({ from: networks[10] as string })).status).toBe(429);
  });

  test("no address stands in the name of any bucket", async () => {
    await start();
    await ask({ token: invented(), from: "2001:db8::1" });
    expect([...partitions].map((partition) => partition[0]).sort()).toEqual(["p", "q", "t"]);
    for (const partition of partitions) expect(partition).toMatch(/^[pqt]:[0-9a-f]{32}$/);
  });
});
