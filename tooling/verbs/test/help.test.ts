import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { inRoot } from "../src/root.ts";

test.each(["build", "check"])("%s --help prints how to use it, and runs nothing", (verb) => {
  const output = execFileSync(process.execPath, [inRoot("tooling/run.mjs"), verb, "--help"], { encoding: "utf8" });
  expect(output).toMatch(new RegExp(`^Usage: pnpm ${verb}`));
  expect(output).not.toMatch(/^ok|^FAILED|Tasks:/m);
});
