import { OTHER_NAME } from "@org/mcp-analytics-schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Dictionary, NAME_CAPS } from "../../src/storage/dictionary.ts";
import { createNameStore, OTHER_NAME_ID } from "../../src/storage/name-store.ts";
import { openPools, type Pools } from "../../src/storage/pools.ts";
import { TARGETS, type TestDatabase } from "./targets.ts";

describe.each(TARGETS)("the dictionary in $name", ({ open }) => {
  let database: TestDatabase;
  let pools: Pools;

  beforeAll(async () => {
    database = await open();
    pools = openPools(database.address);
  });
  afterAll(async () => {
    await pools?.close(1_000);
    await database?.drop();
  });

  const replica = (cap: number = NAME_CAPS.tools) => new Dictionary(createNameStore(pools.lookup, "tools"), cap);
  const rows = async (projectId: number) => {
    const found = await pools.lookup.run(
      ({ sql }) =>
        sql<{ id: number; name: string }[]>`SELECT id, name FROM tools WHERE project_id = ${projectId} ORDER BY id`,
    );
    return found.map(({ id, name }) => ({ id, name }));
  };
  const tools = (count: number, prefix = "tool") => Array.from({ length: count }, (_, index) => `${prefix}_${index}`);

  it("gives each name one id, the same in every replica that learns at once", async () => {
    const replicas = [replica(), replica(), replica()];
    await Promise.all(
      replicas.flatMap((one, index) => [
        one.learn(10, new Set(tools(20))),
        one.learn(10, new Set([...tools(10, `own${index}`), "null", "NULL"])),
      ]),
    );
    const all = [...tools(20), ...tools(10, "own0"), ...tools(10, "own1"), ...tools(10, "own2"), "null", "NULL"];
    await Promise.all(replicas.map((one) => one.learn(10, new Set(all))));
    const ids = replicas.map((one) => all.map((name) => one.find(10, name)));
    expect(ids[1]).toEqual(ids[0]);
    expect(ids[2]).toEqual(ids[0]);
    expect(new Set(ids[0]).size).toBe(all.length);
    expect((await rows(10)).length).toBe(all.length);
  });

  it("never learns more names than the cap, however many replicas try; the rest is __other__", async () => {
    const cap = 30;
    const replicas = [replica(cap), replica(cap)];
    const learn = (one: Dictionary, prefix: string) =>
      Promise.all(tools(25, prefix).map((name) => one.learn(11, new Set([name]))));
    await Promise.all(replicas.map((one, index) => learn(one, `r${index}`)));
    const found = await rows(11);
    expect(found.filter(({ id }) => id !== OTHER_NAME_ID).map(({ id }) => id)).toEqual(
      Array.from({ length: cap }, (_, index) => index + 1),
    );
    expect(found.at(-1)).toEqual({ id: OTHER_NAME_ID, name: OTHER_NAME });
    const [first] = replicas as [Dictionary];
    await first.learn(11, new Set(["one_more"]));
    expect(first.find(11, "one_more")).toBe(OTHER_NAME_ID);
  });

  it("gives a client that sends the reserved name the reserved id", async () => {
    const one = replica();
    await one.learn(12, new Set([OTHER_NAME, "a"]));
    expect([one.find(12, OTHER_NAME), one.find(12, "a")]).toEqual([OTHER_NAME_ID, 1]);
  });

  it("keeps projects apart", async () => {
    const one = replica();
    await Promise.all([one.learn(13, new Set(["b", "a"])), one.learn(14, new Set(["a"]))]);
    expect([one.find(13, "a"), one.find(13, "b"), one.find(14, "a"), one.find(14, "b")]).toEqual([1, 2, 1, undefined]);
  });
});
