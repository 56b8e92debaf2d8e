import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { tryCommand } from "../src/command.ts";

const CLI = join(import.meta.dirname, "..", "src", "cli.ts");

/** Runs it where no program can be found, so also no container runtime. */
function runWithoutPrograms(...args: string[]) {
  const emptyFolder = mkdtempSync(join(tmpdir(), "container-test-"));
  onTestFinished(() => rmSync(emptyFolder, { recursive: true }));
  return tryCommand(process.execPath, [CLI, ...args], { env: { PATH: emptyFolder } });
}

describe("the command line", () => {
  it("explains itself", async () => {
    const { code, stdout } = await runWithoutPrograms("--help");
    expect(code).toBe(0);
    expect(stdout).toContain("Usage: pnpm container");
  });

  it.each([[["--nonsense"]], [["--runtime", "vm"]]])("refuses %j with its help", async (args) => {
    const { code, stdout, stderr } = await runWithoutPrograms(...args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("Usage: pnpm container");
  });

  it("skips every case, says why and succeeds where no container runtime can be had", async () => {
    const { code, stdout, stderr } = await runWithoutPrograms("--json");
    expect(code).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary.cases).toBeGreaterThan(20);
    expect(summary).toMatchObject({ passed: 0, failed: 0, skipped: summary.cases, runtime: null });
    expect(summary.reason).not.toBe("");
    expect(stderr).toContain("No container runtime can be had");
  });
});
