import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Summary } from "../src/cases/report.ts";

/** It takes a minute; a machine that does other things meanwhile may take longer. */
const DEADLINE_MS = 480_000;

test(
  "whatever breaks, nothing that was acknowledged is lost, and nothing is stored twice or in part",
  async () => {
    const cli = fileURLToPath(new URL("../faults/cli.ts", import.meta.url));
    const child = spawn(process.execPath, [cli, "--quick", "--json"], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString("utf8");
    });
    const [exitCode] = await once(child, "close");
    expect(output, errors).not.toBe("");
    const summary: Summary & { readonly seed: number } = JSON.parse(output);
    const failed = summary.failed.map(({ id, what, reason }) => `${id} ${what}: ${reason} (seed ${summary.seed})`);
    // As its message, so that whoever sees only the end of a log knows which ones.
    expect(failed, failed.join("\n")).toEqual([]);
    expect(summary).toMatchObject({ passed: summary.cases, skipped: 0 });
    expect(summary.cases).toBeGreaterThan(8);
    expect(exitCode).toBe(0);
  },
  DEADLINE_MS,
);
