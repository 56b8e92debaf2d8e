import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const source = fileURLToPath(new URL("../src/", import.meta.url));

test("--help explains every suite in one line", () => {
  const help = execFileSync(process.execPath, [`${source}cli.ts`, "--help"], { encoding: "utf8" });
  const suites = readdirSync(source).filter((name) => name.endsWith(".ts") && name !== "cli.ts");
  for (const suite of suites) expect(help).toMatch(new RegExp(`^ {2}${suite.slice(0, -3)} +\\w.{10,}$`, "m"));
});
