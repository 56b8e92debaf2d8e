import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { oldestNode } from "@org/oldest-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FixtureUpstream, startFixtureUpstream } from "../fixture-upstream/index.ts";

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

let folder: string;
let installed: string;
let upstream: FixtureUpstream;
beforeAll(async () => {
  // What a registry would be given, laid out in an empty folder as an installer does.
  folder = await mkdtemp(join(tmpdir(), "weather-packed-"));
  installed = join(folder, "node_modules/@org/weather-mcp");
  await mkdir(installed, { recursive: true });
  await run(process.env.npm_execpath ?? "pnpm", ["pack", "--pack-destination", folder], { cwd: PACKAGE });
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz")) as string;
  await run("tar", ["-xzf", join(folder, tarball), "-C", installed, "--strip-components=1"]);
  upstream = await startFixtureUpstream();
});
afterAll(async () => {
  await upstream?.close();
  await rm(folder, { recursive: true });
});

test("the tarball needs no other package and holds what its users read", async () => {
  const manifest = JSON.parse(await readFile(join(installed, "package.json"), "utf8")) as Record<string, unknown>;
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies"])
    expect(manifest[kind]).toBeUndefined();
  for (const script of ["preinstall", "install", "postinstall"]) expect(manifest.scripts).not.toHaveProperty(script);
  for (const file of ["README.md", "LICENSE", ".env.example", "dist/THIRD-PARTY-NOTICES.txt"])
    expect(existsSync(join(installed, file)), file).toBe(true);
  for (const file of ["src", "test", "scripts"]) expect(existsSync(join(installed, file)), file).toBe(false);
});

test.each([
  ["the oldest Node that it supports", oldestNode() ?? process.execPath],
  ["this Node", process.execPath],
])("its command serves MCP from a folder that holds nothing else, on %s", async (_what, node) => {
  const { bin } = JSON.parse(await readFile(join(installed, "package.json"), "utf8")) as {
    bin: Record<string, string>;
  };
  const command = join(installed, bin["weather-mcp"] as string);
  const client = new Client({ name: "packed-test", version: "1.0.0" });
  await client.connect(
    new StdioClientTransport({ command: node, args: [command], cwd: folder, env: { ...upstream.env } }),
  );
  await client.listTools();
  for (const location of ["Albany, NY", "Paris, FR"]) {
    const answer = await client.callTool({ name: "get_forecast", arguments: { location } });
    expect(answer.isError, JSON.stringify(answer.content)).toBeFalsy();
  }
  await client.close();
});

test("its command serves Streamable HTTP, too, and ends when it is told to", async () => {
  const command = join(installed, "dist/cli.js");
  const node = oldestNode() ?? process.execPath;
  const server = spawn(node, [command, "--http", "--port", "0"], { cwd: folder, env: { ...upstream.env } });
  const [line] = (await once(server.stderr.setEncoding("utf8"), "data")) as [string];
  const url = /http:\S+/.exec(line)?.[0] as string;
  const client = new Client({ name: "packed-test", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)) as Transport);
  expect((await client.listTools()).tools).toHaveLength(8);
  const answer = await client.callTool({ name: "get_forecast", arguments: { location: "Tokyo" } });
  expect(answer.isError, JSON.stringify(answer.content)).toBeFalsy();
  server.kill("SIGTERM");
  expect(await once(server, "close")).toEqual([0, null]);
  await client.close();
});
