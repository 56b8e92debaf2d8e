import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FixtureUpstream, startFixtureUpstream } from "../fixture-upstream/index.ts";
import { INITIALIZE, runCli, toolCall } from "../support/spawn-cli.ts";

const TRACE = fileURLToPath(new URL("../support/trace-resources.ts", import.meta.url));
/** Node.js itself refuses every write to disk, every child process and every thread. */
const READ_ONLY = ["--permission", "--allow-fs-read=*"];
const KEY = `wmc_${"a1".repeat(32)}`;

let upstream: FixtureUpstream;
let collector: Server;
let endpoint: string;
let received = 0;
beforeAll(async () => {
  upstream = await startFixtureUpstream();
  collector = createServer((_request, response) => {
    received += 1;
    response.writeHead(201, { "content-type": "application/json" }).end('{"success":true,"accepted":1,"rejected":[]}');
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/events`;
});
afterAll(async () => {
  collector.close();
  await upstream.close();
});

/** A session with an answer, a failure and a refusal; what it opened, by the runtime's own count. */
async function openedBy(env: Record<string, string>): Promise<{ opened: string[]; rest: string; code: number | null }> {
  const messages = [
    INITIALIZE,
    { method: "notifications/initialized" },
    { id: 1, method: "tools/list" },
    toolCall(2, "get_forecast", { location: "Albany, NY" }),
    toolCall(3, "get_forecast", { location: "Nowhereville" }),
    toolCall(4, "get_forecast", { days: 99 }),
  ];
  const nodeArgs = [...READ_ONLY, "--import", TRACE];
  const { code, stderr } = await runCli({ env: { ...upstream.env, ...env }, nodeArgs, messages });
  const lines = stderr.trimEnd().split("\n");
  return { opened: JSON.parse(lines.at(-1) ?? "[]") as string[], rest: lines.slice(0, -1).join("\n"), code };
}

const connections = (opened: readonly string[]) => opened.filter((what) => what.startsWith("TCPCONNECTWRAP"));

describe("what the process opens", () => {
  test.each([
    ["no key", {}],
    ["an endpoint, a secret and a level but no key", { ANALYTICS_SIGNING_SECRET: "x", ANALYTICS_LEVEL: "standard" }],
    ["a key and DO_NOT_TRACK", { ANALYTICS_API_KEY: KEY, DO_NOT_TRACK: "1" }],
    ["a key and ANALYTICS_ENABLED=false", { ANALYTICS_API_KEY: KEY, ANALYTICS_ENABLED: "false" }],
    ["a key in CI", { ANALYTICS_API_KEY: KEY, CI: "true" }],
  ])(
    "with analytics off (%s): connections to the weather services, nothing else, and nothing is written",
    async (_why, env) => {
      const { opened, rest, code } = await openedBy({ ANALYTICS_ENDPOINT: endpoint, ...env });
      expect(code).toBe(0);
      expect(rest).toBe("");
      const weather = new URL(upstream.urls.nws as string).host;
      expect(connections(opened).length).toBeGreaterThan(0);
      for (const connection of connections(opened)) expect(connection).toBe(`TCPCONNECTWRAP ${weather}`);
      expect(opened.filter((what) => !what.startsWith("TCP"))).toEqual([]);
      expect(received).toBe(0);
    },
  );

  test("with analytics on the same count sees the connection to the collector, so it would see one above", async () => {
    const { opened, code } = await openedBy({ ANALYTICS_API_KEY: KEY, ANALYTICS_ENDPOINT: endpoint });
    expect(code).toBe(0);
    expect(connections(opened)).toContain(`TCPCONNECTWRAP ${new URL(endpoint).host}`);
    expect(received).toBeGreaterThan(0);
  });
});
