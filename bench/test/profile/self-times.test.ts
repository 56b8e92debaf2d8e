import { expect, test } from "vitest";
import { selfTimes } from "../../src/profile/self-times.ts";

const node = (id: number, functionName: string, url: string) => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
});

test("own time is added up by function and by module, without idle time", () => {
  const times = selfTimes({
    nodes: [
      node(1, "take", "file:///x/apps/collector/dist/limits/store.js"),
      node(2, "send", "file:///x/node_modules/.pnpm/fastify@5/node_modules/fastify/lib/reply.js"),
      node(3, "(idle)", ""),
      node(4, "(garbage collector)", ""),
    ],
    samples: [1, 2, 1, 3, 4],
    timeDeltas: [10, 20, 30, 40, 50],
  });
  expect(times.byModule).toEqual(
    new Map([
      ["apps/collector/dist/limits/store.js", 40],
      ["fastify", 20],
      ["(garbage collector)", 50],
    ]),
  );
  expect(times.byFunction.get("take  apps/collector/dist/limits/store.js:10")).toBe(40);
});
