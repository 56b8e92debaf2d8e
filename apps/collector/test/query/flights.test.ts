import { expect, test } from "vitest";
import { createFlights } from "../../src/query/flights.ts";
import { OverloadedError } from "../../src/storage/errors.ts";

/** Questions whose answers come when the test says so. */
function gates() {
  const asked: string[] = [];
  const ends = new Map<string, { answer(): void; fail(): void }>();
  const ask = (name: string) => () => {
    asked.push(name);
    return new Promise<string>((resolve, reject) => {
      ends.set(name, { answer: () => resolve(`answer to ${name}`), fail: () => reject(new Error(name)) });
    });
  };
  return { asked, ask, ends };
}

test("equal questions that are in flight at once are asked once, and all get the answer", async () => {
  const { asked, ask, ends } = gates();
  const flights = createFlights<string>();
  const answers = Array.from({ length: 16 }, () => flights(1, "a", ask("a")));
  ends.get("a")?.answer();
  expect(await Promise.all(answers)).toEqual(Array(16).fill("answer to a"));
  expect(asked).toEqual(["a"]);
});

test("a question that is over is asked again, whether it was answered or failed", async () => {
  const { asked, ask, ends } = gates();
  const flights = createFlights<string>();
  const first = flights(1, "a", ask("a"));
  ends.get("a")?.fail();
  await expect(first).rejects.toThrow("a");
  const second = flights(1, "a", ask("a"));
  ends.get("a")?.answer();
  expect(await second).toBe("answer to a");
  expect(asked).toEqual(["a", "a"]);
});

test("beyond the bound a different question is refused at once, an equal one joins, and room comes back", async () => {
  const { asked, ask, ends } = gates();
  const flights = createFlights<string>(2);
  const running = [flights(1, "a", ask("a")), flights(1, "b", ask("b"))];
  await expect(flights(1, "c", ask("c"))).rejects.toThrow(OverloadedError);
  const joined = flights(1, "a", ask("a"));
  ends.get("a")?.answer();
  expect(await Promise.all([running[0], joined])).toEqual(["answer to a", "answer to a"]);
  const later = flights(1, "c", ask("c"));
  ends.get("b")?.answer();
  ends.get("c")?.answer();
  expect(await Promise.all([running[1], later])).toEqual(["answer to b", "answer to c"]);
  expect(asked).toEqual(["a", "b", "c"]);
});

test("each group has a bound of its own", async () => {
  const { ask, ends } = gates();
  const flights = createFlights<string>(1);
  const first = flights(1, "a", ask("a"));
  const other = flights(2, "b", ask("b"));
  await expect(flights(1, "c", ask("c"))).rejects.toThrow(OverloadedError);
  ends.get("a")?.answer();
  ends.get("b")?.answer();
  expect(await Promise.all([first, other])).toEqual(["answer to a", "answer to b"]);
});
