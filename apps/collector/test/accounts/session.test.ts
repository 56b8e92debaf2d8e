import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { ADMIN_LINK_LIFETIME_MS, createAdminLink } from "../../src/accounts/admin-link.ts";
import { createSessions, SESSION_IDLE_MS, SESSION_LIFETIME_MS } from "../../src/accounts/session.ts";
import { createSessionStore, type SessionStore } from "../../src/storage/session-store.ts";
import { openUsageDatabase, type UsageDatabase } from "../query/usage-database.ts";

const DAY_MS = 86_400_000;

let database: UsageDatabase;
let sessionStore: SessionStore;
let nowMs: number;
const now = () => nowMs;

beforeAll(async () => {
  database = await openUsageDatabase(inject("databaseUrl"));
  sessionStore = createSessionStore(database.pool);
});
afterAll(() => database.close());

beforeEach(async () => {
  nowMs = Date.parse("2026-01-01T00:00:00Z");
  await database.pool.run(({ sql }) => sql`TRUNCATE admin_links, sessions`);
});

const sessions = () => createSessions({ sessionStore, now });

async function linkToken(): Promise<string> {
  const { url } = await createAdminLink({ sessionStore, now }, { projectId: 1, baseUrl: "https://collector.test/" });
  return new URL(url).hash.replace("#sign-in=", "");
}

async function signedIn(): Promise<string> {
  const opened = await sessions().open(await linkToken());
  return opened?.sessionToken ?? "";
}

const rowsOf = async (table: "admin_links" | "sessions") =>
  (await database.pool.run(({ sql }) => sql`SELECT * FROM ${sql(table)}`)).length;

describe("admin links", () => {
  it("the token stands in the fragment, 256 bits long, and only its hash in the database", async () => {
    const { url, expiresAtMs } = await createAdminLink(
      { sessionStore, now },
      { projectId: 1, baseUrl: "https://collector.test/analytics" },
    );
    expect(url).toMatch(/^https:\/\/collector\.test\/analytics\/#sign-in=1\.[0-9a-f]{64}$/);
    expect(expiresAtMs).toBe(nowMs + ADMIN_LINK_LIFETIME_MS);
    const stored = await database.pool.run(({ sql }) => sql`SELECT * FROM admin_links`);
    expect(JSON.stringify(stored)).not.toContain(url.slice(-64));
  });

  it("a link opens one session, even when two browsers use it at once", async () => {
    const token = await linkToken();
    const opened = await Promise.all([sessions().open(token), sessions().open(token)]);
    expect(opened.filter((session) => session !== undefined)).toHaveLength(1);
    expect(await sessions().open(token)).toBeUndefined();
    expect(await rowsOf("sessions")).toBe(1);
  });

  it("a link opens nothing after 24 hours", async () => {
    const token = await linkToken();
    nowMs += ADMIN_LINK_LIFETIME_MS;
    expect(await sessions().open(token)).toBeUndefined();
  });

  it("a token that is malformed, or of another project, opens nothing", async () => {
    const token = await linkToken();
    for (const wrong of [
      "",
      "1",
      token.slice(2),
      token.replace(/^1/, "2"),
      `${token}0`,
      token.toUpperCase().replace("1.", "01."),
    ]) {
      expect(await sessions().open(wrong)).toBeUndefined();
    }
    expect(await sessions().open(token)).toBeDefined();
  });

  it("making a link deletes those that are past", async () => {
    await linkToken();
    nowMs += ADMIN_LINK_LIFETIME_MS;
    await linkToken();
    expect(await rowsOf("admin_links")).toBe(1);
  });
});

describe("sessions", () => {
  it("a session token is not its link's, and is stored as a hash only", async () => {
    const token = await linkToken();
    const opened = await sessions().open(token);
    expect(opened?.sessionToken).not.toBe(token);
    const stored = await database.pool.run(({ sql }) => sql`SELECT * FROM sessions`);
    expect(JSON.stringify(stored)).not.toContain(opened?.sessionToken.slice(2));
  });

  it("a link's token is no session, and a session's no link", async () => {
    expect(await sessions().find(await linkToken())).toBeUndefined();
    expect(await sessions().open(await signedIn())).toBeUndefined();
  });

  it("a session that is not used ends after 7 days", async () => {
    const token = await signedIn();
    nowMs += SESSION_IDLE_MS - 1;
    const kept = await signedIn();
    expect(await sessions().find(kept)).toMatchObject({ projectId: 1, projectName: "default" });
    nowMs += 1;
    expect(await sessions().find(token)).toBeUndefined();
  });

  it("use moves the end on, up to 30 days after the sign-in", async () => {
    const startMs = nowMs;
    const token = await signedIn();
    for (let day = 6; day < 30; day += 6) {
      nowMs = startMs + day * DAY_MS;
      expect(await sessions().find(token)).toMatchObject({ extended: true });
    }
    expect(await sessions().find(token)).toMatchObject({ expiresAtMs: startMs + SESSION_LIFETIME_MS, extended: false });
    nowMs = startMs + SESSION_LIFETIME_MS;
    expect(await sessions().find(token)).toBeUndefined();
  });

  it("reading again within the hour writes nothing", async () => {
    const token = await signedIn();
    nowMs += 3_599_999;
    expect(await sessions().find(token)).toMatchObject({ extended: false });
    nowMs += 1;
    expect(await sessions().find(token)).toMatchObject({ extended: true });
  });

  it("a session that was ended opens nothing, and another stays", async () => {
    const [token, other] = [await signedIn(), await signedIn()];
    await sessions().end(token);
    await sessions().end("no token at all");
    expect(await sessions().find(token)).toBeUndefined();
    expect(await sessions().find(other)).toBeDefined();
  });

  it("signing in deletes sessions that are past", async () => {
    await signedIn();
    nowMs += SESSION_IDLE_MS;
    await signedIn();
    expect(await rowsOf("sessions")).toBe(1);
  });
});
