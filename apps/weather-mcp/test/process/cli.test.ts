import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FixtureUpstream, startFixtureUpstream } from "../fixture-upstream/index.ts";
import { INITIALIZE, runCli, toolCall } from "../support/spawn-cli.ts";

let upstream: FixtureUpstream;
beforeAll(async () => {
  upstream = await startFixtureUpstream();
});
afterAll(() => upstream.close());

const CALLS = [
  INITIALIZE,
  { method: "notifications/initialized" },
  { id: 1, method: "tools/list" },
  toolCall(2, "get_forecast", { location: "Albany, NY" }),
  toolCall(3, "get_forecast", { location: "Nowhereville" }),
  toolCall(4, "get_forecast", { location: 5 }),
  toolCall(5, "no_such_tool", {}),
  { id: 6, method: "no/such/method" },
];

describe("weather-mcp on stdio", () => {
  test("stdout carries nothing but MCP, stderr nothing at all, and the end of stdin ends it", async () => {
    const { code, stdout, stderr } = await runCli({ env: { ...upstream.env }, messages: CALLS });
    const frames = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { jsonrpc: string; id: number });
    expect(frames.every(({ jsonrpc }) => jsonrpc === "2.0")).toBe(true);
    expect(frames.map(({ id }) => id).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  test("with analytics off no file is written and nothing is sent, even where an endpoint is set", async () => {
    const home = await mkdtemp(join(tmpdir(), "weather-home-"));
    let connections = 0;
    const collector = createServer().on("connection", () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
    const { port } = collector.address() as AddressInfo;
    const env = { ...upstream.env, HOME: home, TMPDIR: home, ANALYTICS_ENDPOINT: `http://127.0.0.1:${port}/v1/events` };
    const { code } = await runCli({ env, cwd: home, messages: CALLS });
    expect(code).toBe(0);
    expect(await readdir(home)).toEqual([]);
    expect(connections).toBe(0);
    collector.close();
    await rm(home, { recursive: true });
  });

  test("a token is in no output, whatever goes wrong with it", async () => {
    const token = "t0ken-that-nobody-may-see";
    const cdo = { location: "Albany, NY", source: "noaa-cdo", start_date: "2025-01-01", end_date: "2025-01-02" };
    const run = await runCli({
      env: { ...upstream.env, NOAA_CDO_TOKEN: token },
      messages: [INITIALIZE, { method: "notifications/initialized" }, toolCall(1, "get_historical_weather", cdo)],
    });
    expect(run.stdout).toContain("MISSING_TOKEN");
    expect(run.stdout + run.stderr).not.toContain(token);
  });
});

describe("the command line", () => {
  test("--help and --version answer on stdout", async () => {
    const help = await runCli({ args: ["--help"] });
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain("Usage: weather-mcp");
    const version = await runCli({ args: ["--version"] });
    expect(version).toMatchObject({ code: 0, stdout: "0.1.0\n" });
  });

  test.each([
    [["--frobnicate"], {}, "--frobnicate"],
    [[], { WEATHER_UNITS: "kelvin" }, "WEATHER_UNITS"],
    [["--http", "--port", "99999"], {}, "--port"],
    [["--http", "--host", "0.0.0.0"], {}, "WEATHER_HTTP_ALLOWED_HOSTS"],
  ])("%j with %j ends with one line on stderr and code 1", async (args, env, named) => {
    const { code, stdout, stderr } = await runCli({ args, env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(named);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});
