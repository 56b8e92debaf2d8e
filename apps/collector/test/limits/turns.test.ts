import { expect, test } from "vitest";
import { createTurns } from "../../src/limits/turns.ts";

/** Work that ends when it is told to. */
function held() {
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => ends.push(resolve));
  return { ends, work };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("of one name so much runs at once as was said, the rest follows in order; other names do not wait", async () => {
  const inTurn = createTurns(2);
  const { ends, work } = held();
  const order: number[] = [];
  const all = [0, 1, 2, 3].map((n) => inTurn("a", work).then(() => order.push(n)));
  void inTurn("b", work);
  await settle();
  expect(ends).toHaveLength(3);
  ends[0]?.();
  await settle();
  expect(ends).toHaveLength(4);
  for (let i = 1; i < 4; i++) ends[i]?.();
  await settle();
  ends[4]?.();
  await Promise.all(all);
  expect(order).toEqual([0, 1, 2, 3]);
});

test("a place is handed on when work fails, and the first comer finds it free again", async () => {
  const inTurn = createTurns(1);
  const failed = inTurn("a", async () => {
    throw new Error("x");
  });
  const next = inTurn("a", async () => "ran");
  await expect(failed).rejects.toThrow("x");
  expect(await next).toBe("ran");
  expect(await inTurn("a", async () => "again")).toBe("again");
});
