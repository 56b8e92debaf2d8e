import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const source = fileURLToPath(new URL("../../src/", import.meta.url));

test("the collector opens no transaction block of its driver: its ROLLBACK on a closed socket ends the process", () => {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const blocks = files.filter((name) =>
    /\.(begin|transaction)\s*\(|\bmigrate\s*\(drizzle\b/.test(readFileSync(join(source, name), "utf8")),
  );
  expect(files.length).toBeGreaterThan(50);
  expect(blocks).toEqual([]);
});
