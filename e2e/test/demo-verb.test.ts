import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const demo = fileURLToPath(new URL("../src/demo.ts", import.meta.url));

interface Run {
  readonly child: ChildProcess;
  /** resolves once stdout holds the text */
  printed(text: string): Promise<void>;
  readonly ended: Promise<{ exitCode: number | null; stdout: string }>;
}

function runDemo(args: readonly string[]): Run {
  const child = spawn(process.execPath, [demo, "--calls", "10", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
  });
  const ended = once(child, "close").then(([exitCode]) => ({ exitCode: exitCode as number | null, stdout }));
  async function printed(text: string): Promise<void> {
    while (!stdout.includes(text)) {
      if (child.exitCode !== null) throw new Error(`The demo ended with ${child.exitCode}`);
      await Promise.race([once(child.stdout, "data"), ended]);
    }
  }
  return { child, printed, ended };
}

test("a demo that ends names no address that nobody answers at", async () => {
  const { exitCode, stdout } = await runDemo([]).ended;
  expect(exitCode).toBe(0);
  expect(stdout).toContain("events stored");
  expect(stdout).not.toContain("http://");
});

test("a demo that is kept shows a link, and Ctrl-C ends it with 0", async () => {
  const { child, printed, ended } = runDemo(["--keep"]);
  await printed("Ctrl-C ends the demo");
  child.kill("SIGINT");
  const { exitCode, stdout } = await ended;
  expect(stdout).toContain("#sign-in=");
  expect(exitCode).toBe(0);
});
