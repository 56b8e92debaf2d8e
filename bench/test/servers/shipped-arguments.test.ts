import { expect, test } from "vitest";
import { shippedNodeArguments } from "../../src/servers/shipped-arguments.ts";

test("the collector is started with the arguments of the container, and those are found", () => {
  const dockerfile = 'FROM x\nENTRYPOINT ["node", "--max-semi-space-size=16", "/app/dist/cli.js"]\nCMD ["serve"]\n';
  expect(shippedNodeArguments(dockerfile)).toEqual(["--max-semi-space-size=16"]);
  expect(() => shippedNodeArguments()).not.toThrow();
});
