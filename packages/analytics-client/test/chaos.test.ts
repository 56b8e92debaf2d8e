import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const CLI = fileURLToPath(new URL("../chaos/cli.ts", import.meta.url));
/** The choice takes about a minute and a half, and starts a real collector. */
const LONGEST_MS = 400_000;

test("a collector that misbehaves in any way leaves its host as it would be without analytics", {
  timeout: LONGEST_MS,
}, async () => {
  const { CI: _ci, DO_NOT_TRACK: _dnt, ...env } = process.env;
  // It exits with 1 where a case failed; what it says tells more.
  const stdout = await new Promise<string>((resolve) => {
    execFile(process.execPath, [CLI, "--quick", "--json"], { env, timeout: LONGEST_MS }, (_error, text) =>
      resolve(text),
    );
  });
  const { cases, passed, skipped, failures } = JSON.parse(stdout);
  expect({ failures, skipped, passed }).toEqual({ failures: [], skipped: 0, passed: cases });
  expect(cases).toBeGreaterThan(50);
});
