import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Pool } from "../../src/storage/pool.ts";
import { TARGETS, type TestDatabase } from "./targets.ts";

const LIMITS = { statementTimeoutMs: 5_000, lockTimeoutMs: 500, deadlineMs: 2_000 };

describe.each(TARGETS)("a pool of connections to $name", ({ open }) => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await open();
    pool = new Pool(database.address, { name: "test", maxConnections: 1, ...LIMITS });
  });
  afterAll(async () => {
    await pool?.close();
    await database?.drop();
  });

  const slow = () => pool.run(({ sql }) => sql`SELECT 1 AS slow FROM pg_sleep(0.05)`);
  const fast = () => pool.run(({ sql }) => sql`SELECT ${2}::int AS fast`);
  const wrong = () => pool.run(({ sql }) => sql`SELECT 1 / ${0}::int AS wrong`);
  /** What each statement was answered with. */
  const answers = async (...statements: (() => Promise<readonly object[]>)[]) => {
    const results = await Promise.allSettled(statements.map((run) => run()));
    return results.map((result) => (result.status === "fulfilled" ? { ...result.value[0] } : result.reason.code));
  };

  it("gives each statement its own answer, also when the server has lost the prepared ones", async () => {
    const own = (error: string) => [{ slow: 1 }, { fast: 2 }, error, { fast: 2 }];
    expect(await answers(slow, fast, wrong, fast)).toEqual(own("22012"));
    // As a proxy that shares its connections does, or a migration that changes what a statement returns.
    await pool.run(({ sql }) => sql.unsafe("DEALLOCATE ALL"));
    // Of a statement that is lost and then fails it says the former.
    expect(await answers(slow, fast, wrong, fast)).toEqual(own("26000"));
  });

  it("lets who waits for a connection in vain go without ending what runs on it", async () => {
    let release = () => {};
    const held = pool.run(async ({ sql }) => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return await sql`SELECT 1 AS held`;
    });
    await expect(pool.run(({ sql }) => sql`SELECT 1`, 20)).rejects.toMatchObject({ code: "DEADLINE" });
    const next = fast();
    release();
    expect((await held)[0]).toEqual({ held: 1 });
    expect((await next)[0]).toEqual({ fast: 2 });
  });

  it("gives every connection back, whatever becomes of what ran", async () => {
    const broken = () => pool.run(() => Promise.reject(new Error("broken")));
    const thrown = () =>
      pool.run(() => {
        throw new Error("thrown");
      });
    const results = await Promise.allSettled([broken(), thrown(), wrong(), broken(), fast()]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected", "rejected", "fulfilled"]);
    expect((await fast())[0]).toEqual({ fast: 2 });
  });
});
