import { OTHER_NAME } from "@org/mcp-analytics-schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Dictionary, NAME_CAPS } from "../../src/storage/dictionary.ts";
import { createNameRuleStore } from "../../src/storage/name-rule-store.ts";
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
    const ids = replicas.map((one) => all.map((name) => one.idsOf(10)(name)));
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
    expect(first.idsOf(11)("one_more")).toBe(OTHER_NAME_ID);
  });

  it("gives a client that sends the reserved name the reserved id", async () => {
    const one = replica();
    await one.learn(12, new Set([OTHER_NAME, "a"]));
    expect([one.idsOf(12)(OTHER_NAME), one.idsOf(12)("a")]).toEqual([OTHER_NAME_ID, 1]);
  });

  describe("with declared names", () => {
    const builtIn = new Set(["TIMEOUT"]);
    const open = (cap: number) => new Dictionary(createNameStore(pools.lookup, "tools"), cap, builtIn);
    const rules = () => createNameRuleStore(pools.lookup);
    async function idsOf(dictionary: Dictionary, projectId: number, names: readonly string[]) {
      await dictionary.learn(projectId, new Set(names));
      return names.map((name) => dictionary.idsOf(projectId)(name));
    }
    const addProject = (id: number) =>
      pools.lookup.run(({ sql }) => sql`INSERT INTO projects (id, name) VALUES (${id}, 'x')`);

    it("lets none that was declared be crowded out by whoever floods the project first", async () => {
      await addProject(20);
      const collector = open(30);
      await collector.learn(20, new Set(tools(100, "flood")));
      expect(collector.idsOf(20)("mine")).toBe(OTHER_NAME_ID);
      expect(await rules().declare(20, "tools", ["mine", "flood_0"], 30)).toBe(true);
      expect(await rules().recentlyChanged()).toContain(20);
      collector.forget(20);
      const [mine, flooded, other] = await idsOf(collector, 20, ["mine", "flood_0", "flood_99"]);
      expect([mine, other]).toEqual([31, OTHER_NAME_ID]);
      expect(flooded).toBeLessThanOrEqual(30);
      const listed = await rules().list(20, "tools");
      expect(listed.filter(({ state }) => state === "declared").map(({ name }) => name)).toEqual(["flood_0", "mine"]);
    });

    it("learns fewer for each that was declared, and declares no more than the cap", async () => {
      await addProject(21);
      expect(await rules().declare(21, "tools", tools(30, "own"), 30)).toBe(true);
      expect(await rules().declare(21, "tools", ["own_0"], 30)).toBe(true);
      expect(await rules().declare(21, "tools", ["one_more"], 30)).toBe(false);
      const collector = open(30);
      expect(await idsOf(collector, 21, ["own_0", "invented"])).toEqual([1, OTHER_NAME_ID]);
      expect((await rows(21)).length).toBe(31);
    });

    it("takes nothing but them where learning is off, also of what was learned before", async () => {
      await addProject(22);
      const collector = open(30);
      await collector.learn(22, new Set(["early"]));
      await rules().declare(22, "tools", ["mine"], 30);
      await rules().setLearning(22, false);
      expect(await rules().isLearning(22)).toBe(false);
      collector.forget(22);
      expect(await idsOf(collector, 22, ["mine", "early", "late"])).toEqual([2, OTHER_NAME_ID, OTHER_NAME_ID]);
      expect((await rows(22)).map(({ name }) => name)).toEqual(["early", "mine", OTHER_NAME]);
      await rules().setLearning(22, true);
      collector.forget(22);
      expect(await idsOf(collector, 22, ["early", "late"])).toEqual([1, 3]);
    });

    it("counts the names of the contract among them, full or not", async () => {
      await addProject(23);
      const collector = open(30);
      await collector.learn(23, new Set(tools(100, "flood")));
      await rules().setLearning(23, false);
      collector.forget(23);
      expect(await idsOf(collector, 23, ["TIMEOUT", "flood_0"])).toEqual([31, OTHER_NAME_ID]);
    });

    it("gives each one id, when replicas learn at the same time", async () => {
      await addProject(24);
      await Promise.all([
        ...tools(20, "learned").map((name) => open(200).learn(24, new Set([name]))),
        ...[0, 1, 2].map((part) => rules().declare(24, "tools", tools(10, `part${part}`), 200)),
      ]);
      const listed = await rules().list(24, "tools");
      expect(listed.filter(({ state }) => state === "declared")).toHaveLength(30);
      expect(new Set(listed.map(({ id }) => id)).size).toBe(50);
    });
  });

  it("keeps projects apart", async () => {
    const one = replica();
    await Promise.all([one.learn(13, new Set(["b", "a"])), one.learn(14, new Set(["a"]))]);
    expect([one.idsOf(13)("a"), one.idsOf(13)("b"), one.idsOf(14)("a"), one.idsOf(14)("b")]).toEqual([
      1,
      2,
      1,
      undefined,
    ]);
  });
});
