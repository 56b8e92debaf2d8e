import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@org/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runStart, type StartVerb } from "../src/start-verb.ts";
import { UsageReader } from "../src/usage-reader.ts";

let folder: string;
let dataDir: string;
let port: number;
let running: StartVerb | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mcp-analytics-start-"));
  dataDir = join(folder, "data");
  port = await freePort();
});

afterAll(async () => {
  running?.interrupt();
  await running?.ended;
  rmSync(folder, { recursive: true, force: true });
});

const start = () => runStart(["--port", String(port), "--data-dir", dataDir]);
const linkIn = (banner: string) => /http:\S+#sign-in=\S+/.exec(banner)?.[0] ?? "";
/** The lines on stderr that are not the note that something is being built. */
const complaint = (stderr: string) => stderr.split("\n").filter((line) => line !== "" && !line.startsWith("Building"));

test("the first start prints a link that signs in and a configuration that sends", async () => {
  running = start();
  const banner = await running.banner;
  const { mcpServers } = JSON.parse(/^ {2}\{[\s\S]*?^ {2}\}/m.exec(banner)?.[0] ?? "");
  const { env, args } = mcpServers.weather;
  expect(banner).toContain(`claude mcp add weather --env ANALYTICS_API_KEY=${env.ANALYTICS_API_KEY}`);
  expect(banner).toContain(`-- node ${args[0]}`);

  const answer = await fetch(env.ANALYTICS_ENDPOINT, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-API-Key": env.ANALYTICS_API_KEY },
    body: JSON.stringify({ tool: "get_forecast", success: true, timestamp: Date.now() }),
  });
  expect(answer.status).toBe(201);
  const reader = await UsageReader.signIn(`http://127.0.0.1:${port}`, linkIn(banner));
  expect((await reader.read()).stored).toBe(1);
});

describe("what cannot start says why in one line, exits with 1, and harms nothing that runs", () => {
  test.each([
    {
      name: "a taken port",
      args: () => ["--port", String(port), "--data-dir", join(folder, "other")],
      says: () => new RegExp(`port ${port}.*taken`),
    },
    {
      name: "a second process on the same data folder",
      args: () => ["--port", "0", "--data-dir", dataDir],
      says: () => /another|already|in use|running/i,
    },
    {
      name: "a folder that cannot be made",
      args: () => {
        writeFileSync(join(folder, "file"), "");
        return ["--port", "0", "--data-dir", join(folder, "file", "data")];
      },
      says: () => /folder|director/i,
    },
    { name: "a port that is none", args: () => ["--port", "http"], says: () => /--port/ },
    { name: "an unknown option", args: () => ["--prot", "3000"], says: () => /--prot/ },
  ])("$name", async ({ args, says }) => {
    const { exitCode, stderr, stdout } = await runStart(args()).ended;
    expect(complaint(stderr)).toEqual([expect.stringMatching(says())]);
    expect(stdout).toBe("");
    expect(exitCode).toBe(1);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  });

  test("a port that something else than a collector uses", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port: taken } = server.address() as { port: number };
    const { exitCode, stderr } = await runStart(["--port", String(taken), "--data-dir", join(folder, "third")]).ended;
    expect(complaint(stderr)).toEqual([expect.stringContaining(String(taken))]);
    expect(exitCode).toBe(1);
    server.close();
  });
});

test("Ctrl-C ends it with 0; a second start has the data, shows no key again, and signs in by a new link", async () => {
  running?.interrupt();
  expect(await running?.ended).toMatchObject({ exitCode: 0 });
  running = start();
  const banner = await running.banner;
  expect(banner).not.toMatch(/wmc_[0-9a-f]/);
  expect(banner).toContain(`keys create --data-dir ${dataDir}`);
  expect(banner).toContain("claude mcp add weather --env ANALYTICS_API_KEY=wmc_...");
  const reader = await UsageReader.signIn(`http://127.0.0.1:${port}`, linkIn(banner));
  expect((await reader.read()).stored).toBe(1);
});

test("--help prints how to use it, and starts nothing", async () => {
  const { exitCode, stdout } = await runStart(["--help"]).ended;
  expect(exitCode).toBe(0);
  expect(stdout).toContain("--data-dir");
});
