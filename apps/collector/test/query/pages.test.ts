import fastify, { type FastifyInstance } from "fastify";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createAdminLink } from "../../src/accounts/admin-link.ts";
import { createApiKey, hashApiKey } from "../../src/accounts/api-keys.ts";
import { answerError } from "../../src/http/error-handler.ts";
import { useStrictJson } from "../../src/http/json-parser.ts";
import { setSecurityHeaders } from "../../src/http/security-headers.ts";
import { serverOptions } from "../../src/http/server-options.ts";
import { createPages } from "../../src/query/pages.ts";
import { createApiKeyStore } from "../../src/storage/api-key-store.ts";
import { createKeyStore } from "../../src/storage/key-store.ts";
import { createSessionStore } from "../../src/storage/session-store.ts";
import { createUsageStore } from "../../src/storage/usage-store.ts";
import { sampleCalls } from "./sample-calls.ts";
import { openAddressLimits } from "./support/address-limits.ts";
import { openUsageDatabase, type UsageDatabase } from "./usage-database.ts";

const NOW_MS = Date.parse("2026-03-31T14:20:00Z");
const HOST = "collector.test";
const ORIGIN = `https://${HOST}`;
const now = () => NOW_MS;

let database: UsageDatabase;
const apps: FastifyInstance[] = [];

beforeAll(async () => {
  database = await openUsageDatabase(inject("databaseUrl"));
  await database.addProject(2, "another");
  await database.addCalls(sampleCalls({ endMs: NOW_MS, days: 20, perDay: 40, seed: 3 }));
});

afterAll(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await database.close();
});

/** The pages in a server set up as the collector's own. */
async function startPages(publicUrl: string | undefined, usageDeadlineMs?: number): Promise<FastifyInstance> {
  const app = fastify(serverOptions({ trustProxy: [] })) as unknown as FastifyInstance;
  app.addHook("onRequest", async (_request, reply) => setSecurityHeaders(reply));
  useStrictJson(app);
  app.setErrorHandler(answerError);
  const deps = { usageStore: createUsageStore(database.pool), sessionStore: createSessionStore(database.pool), now };
  const store = createApiKeyStore(database.pool);
  const makeKey = (projectId: number, name?: string) =>
    createApiKey({ store, masterSecret: Buffer.alloc(32, 7), now }, { projectId, ...(name && { name }) });
  const registerPages = createPages({ ...deps, makeKey, rawRetentionDays: 30, publicUrl, usageDeadlineMs });
  await app.register(async (pages) => registerPages(pages, await openAddressLimits(pages, now)));
  apps.push(app);
  return app;
}

async function linkToken(projectId = 1): Promise<string> {
  const sessionStore = createSessionStore(database.pool);
  const { url } = await createAdminLink({ sessionStore, now }, { projectId, baseUrl: ORIGIN });
  return url.split("=")[1] ?? "";
}

type Headers = Record<string, string>;

function signIn(app: FastifyInstance, token: string, headers: Headers = { origin: ORIGIN }) {
  return app.inject({
    method: "POST",
    url: "/api/v1/session",
    headers: { host: HOST, ...headers },
    payload: { token },
  });
}

const cookieOf = (setCookie: unknown) => String(setCookie).split(";", 1)[0] ?? "";

async function signedIn(app: FastifyInstance, projectId = 1): Promise<string> {
  return cookieOf((await signIn(app, await linkToken(projectId))).headers["set-cookie"]);
}

const get = (app: FastifyInstance, path: string, headers: Headers = {}) =>
  app.inject({ url: `/api/v1/${path}`, headers: { host: HOST, ...headers } });

describe("sign-in", () => {
  it("the cookie is out of reach for scripts, other sites and other hosts", async () => {
    const answer = await signIn(await startPages(ORIGIN), await linkToken());
    expect(answer.statusCode).toBe(204);
    const [cookie = "", ...attributes] = String(answer.headers["set-cookie"]).split("; ");
    expect(cookie).toMatch(/^__Host-session=1\.[0-9a-f]{64}$/);
    expect(attributes).toEqual(expect.arrayContaining(["Path=/", "HttpOnly", "Secure", "SameSite=Strict"]));
    expect(attributes.join()).not.toContain("Domain");
  });

  it("over plain HTTP the cookie carries the port, so two collectors on one machine do not sign each other out", async () => {
    const app = await startPages(undefined);
    const headers = { host: "127.0.0.1:4000", origin: "http://127.0.0.1:4000" };
    expect(cookieOf((await signIn(app, await linkToken(), headers)).headers["set-cookie"])).toMatch(/^session-4000=/);
  });

  it("a link works once, and a wrong one sets no cookie", async () => {
    const app = await startPages(ORIGIN);
    const token = await linkToken();
    expect((await signIn(app, token)).statusCode).toBe(204);
    const again = await signIn(app, token);
    expect(again.statusCode).toBe(401);
    expect(again.headers["content-type"]).toContain("application/problem+json");
    expect(again.json()).toMatchObject({ code: "sign-in-required" });
    expect(again.headers["set-cookie"]).toBeUndefined();
  });

  it("signing in again ends the session before", async () => {
    const app = await startPages(ORIGIN);
    const former = await signedIn(app);
    await signIn(app, await linkToken(), { origin: ORIGIN, cookie: former });
    expect((await get(app, "session", { cookie: former })).statusCode).toBe(401);
  });

  it("signing out ends the session on the server too, and clears the cookie", async () => {
    const app = await startPages(ORIGIN);
    const cookie = await signedIn(app);
    const answer = await app.inject({
      method: "DELETE",
      url: "/api/v1/session",
      headers: { host: HOST, origin: ORIGIN, cookie },
    });
    expect(answer.statusCode).toBe(204);
    expect(String(answer.headers["set-cookie"])).toMatch(/^__Host-session=;/);
    expect((await get(app, "session", { cookie })).statusCode).toBe(401);
  });

  it.each<[string, Headers]>([
    ["no origin", {}],
    ["another origin", { origin: "https://evil.test" }],
    ["an opaque origin", { origin: "null" }],
    ["a subdomain", { origin: `https://evil.${HOST}` }],
    ["another port", { origin: `${ORIGIN}:8443` }],
    ["a cross-site fetch", { origin: ORIGIN, "sec-fetch-site": "cross-site" }],
    ["a same-site fetch", { origin: ORIGIN, "sec-fetch-site": "same-site" }],
  ])("a write from %s is refused and uses nothing up", async (_from, headers) => {
    const app = await startPages(ORIGIN);
    const token = await linkToken();
    const refused = await signIn(app, token, headers);
    expect(refused.statusCode).toBe(403);
    expect(refused.json()).toMatchObject({ code: "forbidden" });
    expect((await signIn(app, token)).statusCode).toBe(204);
  });

  it("behind a proxy that ends TLS the page may still write", async () => {
    expect((await signIn(await startPages(undefined), await linkToken())).statusCode).toBe(204);
  });

  it.each([
    ["a body that is not JSON", "text/plain", '{"token":"x"}', 415],
    ["an unknown member", "application/json", '{"token":"x","role":"admin"}', 400],
    ["a token that is no string", "application/json", '{"token":1}', 400],
    ["no body", "application/json", "", 400],
  ])("%s is refused", async (_what, contentType, payload, status) => {
    const headers = { host: HOST, origin: ORIGIN, "content-type": contentType };
    const app = await startPages(ORIGIN);
    const answer = await app.inject({ method: "POST", url: "/api/v1/session", headers, payload });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });
});

describe("reading", () => {
  it.each(["usage", "session"])("%s is closed to whoever is not signed in", async (path) => {
    const app = await startPages(ORIGIN);
    for (const cookie of [
      "",
      "__Host-session=",
      "__Host-session=x",
      `__Host-session=1.${"0".repeat(64)}`,
      "session-443=x",
    ]) {
      const answer = await get(app, path, { cookie });
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toMatchObject({ code: "sign-in-required" });
    }
  });

  it("an API key opens nothing here", async () => {
    const key = `wmc_${"a".repeat(64)}`;
    const app = await startPages(ORIGIN);
    const answer = await get(app, "usage", { "x-api-key": key, authorization: `Bearer ${key}` });
    expect(answer.statusCode).toBe(401);
  });

  it("the project is the session's", async () => {
    const app = await startPages(ORIGIN);
    const cookie = await signedIn(app, 2);
    expect((await get(app, "session", { cookie })).json()).toMatchObject({ project: { name: "another" } });
    expect((await get(app, "usage", { cookie })).json()).toMatchObject({ everUsed: false, tools: [] });
    expect((await get(app, "usage?projectId=1", { cookie })).statusCode).toBe(400);
  });

  it("without a question it is the last seven days by day, in UTC; no copy is kept", async () => {
    const app = await startPages(ORIGIN);
    const answer = await get(app, "usage", { cookie: await signedIn(app) });
    expect(answer.json()).toMatchObject({ range: "7d", interval: "day", timeZone: "UTC", now: NOW_MS, everUsed: true });
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("the answer has the form that the dashboard is tested with", async () => {
    const app = await startPages(ORIGIN);
    const answer = await get(app, "usage?range=7d&interval=day&tz=Europe/Berlin", { cookie: await signedIn(app) });
    await expect(`${JSON.stringify(answer.json(), null, 2)}\n`).toMatchFileSnapshot(
      "../../../dashboard/test/fixtures/usage.json",
    );
  });

  it.each([
    "range=100y",
    "range=",
    "range=7d&range=24h",
    "interval=minute",
    "range=90d&interval=hour",
    "range=24h&interval=day",
    "tz=Nowhere/Atall",
    "tz=%27%3B--",
    `tz=${"A".repeat(65)}`,
    "limit=1000000000",
  ])("the question %s is refused", async (query) => {
    const app = await startPages(ORIGIN);
    const answer = await get(app, `usage?${query}`, { cookie: await signedIn(app) });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: "bad-request" });
  });
});

describe("making a key on the page", () => {
  const make = (
    app: FastifyInstance,
    cookie: string | undefined,
    payload: object,
    headers: Headers = { origin: ORIGIN },
  ) =>
    app.inject({
      method: "POST",
      url: "/api/v1/keys",
      headers: { host: HOST, ...headers, ...(cookie !== undefined && { cookie }) },
      payload,
    });
  const stored = () => createApiKeyStore(database.pool).list(1);

  it("gives a key of tier free for the project of the session, once", async () => {
    const app = await startPages(ORIGIN);
    const answer = await make(app, await signedIn(app), { name: "laptop" });
    expect([answer.statusCode, answer.headers["cache-control"]]).toEqual([201, "no-store"]);
    const { key, signingSecret, name } = answer.json<{ key: string; signingSecret: string; name: string }>();
    expect([key, signingSecret, name]).toEqual([
      expect.stringMatching(/^wmc_[0-9a-f]{64}$/),
      expect.stringMatching(/^wms_[0-9a-f]{64}$/),
      "laptop",
    ]);
    const found = await createKeyStore(database.pool).findByHash(hashApiKey(key));
    expect(found).toMatchObject({ projectId: 1, tier: "free", status: "active", requireSignature: false });
  });

  it("needs a session, this origin and a plain name; what is refused makes no key", async () => {
    const app = await startPages(ORIGIN);
    const cookie = await signedIn(app);
    const before = (await stored()).length;
    expect((await make(app, undefined, {})).statusCode).toBe(401);
    expect((await make(app, cookie, {}, { origin: "https://evil.test" })).statusCode).toBe(403);
    for (const body of [{ name: "" }, { name: "<b>" }, { name: "a".repeat(51) }, { tier: "enterprise" }, { name: 1 }]) {
      expect((await make(app, cookie, body)).statusCode).toBe(400);
    }
    expect((await stored()).length).toBe(before);
  });
});

describe("many readers at once of events that answer slowly", () => {
  /** Statements that wait for the lock. */
  const waiting = async () => {
    const [row] = await database.pool.run(
      ({ sql }) => sql<{ count: number }[]>`
        SELECT count(*)::int AS count FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%width_bucket%'`,
    );
    return row?.count ?? 0;
  };

  it("share one statement where they ask the same; too many different questions get 503 at once", async () => {
    const app = await startPages(ORIGIN);
    const cookie = await signedIn(app);
    const locker = postgres(database.url, { max: 1 });
    const lock = await locker.reserve();
    await lock`BEGIN`;
    await lock`LOCK TABLE events_raw IN ACCESS EXCLUSIVE MODE`;
    const ask = (zone: string) => get(app, `usage?range=28d&tz=${encodeURIComponent(zone)}`, { cookie });
    const equal = Array.from({ length: 16 }, () => ask("UTC"));
    await expect.poll(waiting).toBe(1);

    const zones = Intl.supportedValuesOf("timeZone").filter((zone) => zone.startsWith("Europe/"));
    const different = zones.slice(0, 30).map(ask);
    const refused = await Promise.race(different);
    expect([refused.statusCode, refused.json().code]).toEqual([503, "overloaded"]);
    expect(refused.headers["retry-after"]).toMatch(/^[1-5]$/);

    await lock`ROLLBACK`;
    lock.release();
    expect((await Promise.all(equal)).map(({ statusCode }) => statusCode)).toEqual(Array(16).fill(200));
    const statuses = (await Promise.all(different)).map(({ statusCode }) => statusCode);
    // Fifteen fit beside the first; a zone may be another name of one that is in flight.
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(15);
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThanOrEqual(10);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    await locker.end();
  });

  /** Runs `work` while a table is locked; `unlock` may be called earlier than at its end. */
  async function whileLocked(table: string, work: (unlock: () => Promise<void>) => Promise<void>): Promise<void> {
    const locker = postgres(database.url, { max: 1 });
    try {
      const lock = await locker.reserve();
      await lock.unsafe(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      await work(async () => {
        await lock`ROLLBACK`;
      });
    } finally {
      await locker.end({ timeout: 0 });
    }
  }

  it("get 503 at the deadline of the request, and a reader that joins the flight later gets 200", async () => {
    const deadlineMs = 1_000;
    const app = await startPages(ORIGIN, deadlineMs);
    const cookie = await signedIn(app);
    await whileLocked("events_raw", async (unlock) => {
      const startMs = performance.now();
      const late = await get(app, "usage?range=28d", { cookie });
      expect([late.statusCode, late.json().code]).toEqual([503, "overloaded"]);
      expect(late.headers["retry-after"]).toMatch(/^[1-5]$/);
      expect(performance.now() - startMs).toBeLessThan(deadlineMs + 2_000);

      const joined = get(app, "usage?range=28d", { cookie });
      expect(await waiting()).toBe(1);
      await unlock();
      expect((await joined).statusCode).toBe(200);
    });
  });

  it("get 503 at the deadline of the request when their session is looked up slowly", async () => {
    const app = await startPages(ORIGIN, 1_000);
    const cookie = await signedIn(app);
    await whileLocked("sessions", async () => {
      const late = await get(app, "usage?range=28d", { cookie });
      expect([late.statusCode, late.json().code]).toEqual([503, "overloaded"]);
    });
  });
});
