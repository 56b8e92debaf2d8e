import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { oldestNode } from "@org/oldest-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FixtureUpstream, startFixtureUpstream } from "../fixture-upstream/index.ts";

const BUILT = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const CALLS: [name: string, args: Record<string, unknown>][] = [
  ["get_forecast", { location: "Albany, NY", days: 16 }],
  ["get_current_conditions", { location: "Köln" }],
  ["get_alerts", { state: "TX" }],
  ["get_historical_weather", { location: "Kathmandu", start_date: "2025-03-01", end_date: "2025-03-10" }],
  ["search_location", { query: "Portland" }],
  ["get_air_quality", { location: "Tokyo", hours: 24 }],
  ["get_marine_forecast", { latitude: 40, longitude: -70 }],
  ["compare_to_normal", { location: "Albany, NY", date: "2025-05-10" }],
];

let upstream: FixtureUpstream;
let client: Client;
beforeAll(async () => {
  upstream = await startFixtureUpstream();
  client = new Client({ name: "oldest-node-test", version: "1.0.0" });
  const env = { PATH: process.env.PATH ?? "", ...upstream.env };
  const command = oldestNode() ?? process.execPath;
  await client.connect(new StdioClientTransport({ command, args: [BUILT], env }));
  await client.listTools();
});
afterAll(async () => {
  await client.close();
  await upstream.close();
});

describe("the built server on the oldest Node that it supports", () => {
  test.each(CALLS)("%s %j", async (name, args) => {
    const result = await client.callTool({ name, arguments: args });
    expect(result.isError, JSON.stringify(result.content)).toBeFalsy();
  });

  test("a failing service is retried there, too", async () => {
    upstream.reset();
    upstream.fail("open-meteo/", { status: 500 }, 1);
    const result = await client.callTool({ name: "get_forecast", arguments: { location: "Nairobi" } });
    expect(result.isError).toBeFalsy();
    expect(upstream.hits("open-meteo/v1/forecast")).toBe(2);
  });
});
