import { expect, test } from "vitest";
import { createNameRuleFollower } from "../../src/storage/name-rule-follower.ts";

function follow() {
  const forgotten: (number | "all")[] = [];
  const clock = { ms: 0 };
  const database = { out: false };
  const dictionary = {
    forget: (projectId: number) => void forgotten.push(projectId),
    forgetAll: () => void forgotten.push("all"),
  };
  const store = {
    async recentlyChanged() {
      if (database.out) throw new Error("out");
      return [7];
    },
  };
  const look = createNameRuleFollower(store, [dictionary], () => clock.ms);
  return { look, forgotten, clock, database };
}

test("projects whose rules have changed are loaded again, the others are left alone", async () => {
  const { look, forgotten, clock } = follow();
  clock.ms = 60_000;
  await look();
  expect(forgotten).toEqual([7]);
});

test("after looks that failed for minutes everything is loaded again, for a change may have passed unseen", async () => {
  const { look, forgotten, clock, database } = follow();
  database.out = true;
  for (clock.ms = 60_000; clock.ms <= 240_000; clock.ms += 60_000) await expect(look()).rejects.toThrow("out");
  database.out = false;
  await look();
  expect(forgotten).toEqual(["all"]);
  clock.ms += 60_000;
  await look();
  expect(forgotten).toEqual(["all", 7]);
});
