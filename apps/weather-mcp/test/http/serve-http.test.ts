import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { createAnalytics } from "@org/mcp-analytics-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../src/config.ts";
import { type RunningHttp, serveHttp } from "../../src/serve-http.ts";
import { createWeatherServices } from "../../src/upstream/weather-services.ts";
import { type FixtureUpstream, startFixtureUpstream } from "../fixture-upstream/index.ts";
import { type ManualClock, manualClock } from "../support/manual-clock.ts";
import { INITIALIZE, toolCall } from "../support/spawn-cli.ts";

let clock: ManualClock;
let upstream: FixtureUpstream;
let running: RunningHttp;
const serve = (port = 0) => {
  const services = createWeatherServices(readConfig({ ...upstream.env }), { clock });
  return serveHttp({ host: "127.0.0.1", port }, services, createAnalytics({ enabled: false }));
};
beforeEach(async () => {
  clock = manualClock("2026-07-15T20:10:00Z");
  upstream = await startFixtureUpstream({ now: () => clock.now() });
  running = await serve();
});
afterEach(async () => {
  await running.close();
  await upstream.close();
});

async function connect(): Promise<{ client: Client; transport: StreamableHTTPClientTransport }> {
  const client = new Client({ name: "http-test", version: "1.0.0" });
  const transport = new StreamableHTTPClientTransport(new URL(running.url));
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  return { client, transport };
}

const HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(running.url, { method: "POST", headers: { ...HEADERS, ...headers }, body });
const frame = (message: object) => JSON.stringify({ jsonrpc: "2.0", ...message });

describe("Streamable HTTP", () => {
  test("a real client lists and calls the tools", async () => {
    const { client } = await connect();
    expect((await client.listTools()).tools).toHaveLength(8);
    const result = await client.callTool({ name: "get_forecast", arguments: { location: "Albany, NY", days: 1 } });
    expect(result.isError).toBeFalsy();
    await client.close();
  });

  test("sessions share what they have fetched", async () => {
    for (let round = 0; round < 2; round++) {
      const { client } = await connect();
      await client.callTool({ name: "search_location", arguments: { query: "Paris" } });
      await client.close();
    }
    expect(upstream.hits("open-meteo-geocoding")).toBe(1);
  });

  test("a call without a session, or in one that has ended, is refused", async () => {
    expect((await post(frame(toolCall(1, "get_forecast", {})))).status).toBe(400);
    const { client, transport } = await connect();
    const id = transport.sessionId as string;
    await transport.terminateSession();
    await client.close();
    expect((await post(frame(toolCall(1, "get_forecast", {})), { "mcp-session-id": id })).status).toBe(404);
  });

  test("a session that is idle for half an hour makes room for a new one", async () => {
    const open = async () => (await post(frame(INITIALIZE))).headers.get("mcp-session-id") as string;
    const list = async (id: string) =>
      (await post(frame({ id: 1, method: "tools/list" }), { "mcp-session-id": id })).status;
    const [idle, busy] = [await open(), await open()];
    clock.advance(29 * 60_000);
    expect(await list(busy)).toBe(200);
    clock.advance(2 * 60_000);
    await open();
    expect([await list(idle), await list(busy)]).toEqual([404, 200]);
  });

  test("pages of other sites are refused, by any method", async () => {
    for (const method of ["POST", "GET", "DELETE"]) {
      const { status } = await fetch(running.url, { method, headers: { ...HEADERS, origin: "https://evil.example" } });
      expect(status).toBe(403);
    }
  });

  test.each([
    ["broken JSON", "{", 400],
    ["bytes that are no text", "\ud800", 400],
    ["too long a body", JSON.stringify({ padding: "x".repeat(300_000) }), 413],
  ])("%s is refused, and the next request works", async (_what, body, status) => {
    expect((await post(body)).status).toBe(status);
    expect((await post(frame(INITIALIZE))).status).toBe(200);
  });

  test("other paths and methods are told so", async () => {
    expect((await fetch(running.url.replace("/mcp", "/"))).status).toBe(404);
    expect((await fetch(running.url, { method: "PUT" })).status).toBe(405);
    expect((await fetch(running.url)).status).toBe(400);
  });

  test("a taken port is said in one line", async () => {
    const port = Number(new URL(running.url).port);
    await expect(serve(port)).rejects.toThrow(
      new ConfigError(`port ${port} on 127.0.0.1 is taken; choose another with --port`),
    );
  });
});
