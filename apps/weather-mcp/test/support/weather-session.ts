import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { type Analytics, createAnalytics } from "@org/mcp-analytics-client";
import { readConfig } from "../../src/config.ts";
import { createWeatherServer } from "../../src/server.ts";
import type { Clock } from "../../src/time/clock.ts";
import { createWeatherServices, type WeatherServices } from "../../src/upstream/weather-services.ts";
import { type FixtureUpstream, startFixtureUpstream } from "../fixture-upstream/index.ts";
import { pauselessClock } from "./manual-clock.ts";

/** A summer afternoon in the United States. */
export const NOW = "2026-07-15T20:10:00Z";

export interface WeatherSession {
  readonly client: Client;
  readonly upstream: FixtureUpstream;
  readonly services: WeatherServices;
  /** Calls a tool through the SDK's client, which checks the answer against the tool's schema. */
  call(name: string, args?: Record<string, unknown>): Promise<CallToolResult>;
  /** Calls a tool that must succeed, and returns its structured content. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every tool
  ok(name: string, args?: Record<string, unknown>): Promise<any>;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly clock?: Clock;
  readonly env?: Record<string, string>;
  readonly upstream?: FixtureUpstream;
  readonly random?: () => number;
  readonly analytics?: Analytics;
}

/** A real client and the real server, joined in memory, with the fixture upstream behind them. */
export async function openSession(options: SessionOptions = {}): Promise<WeatherSession> {
  const clock = options.clock ?? pauselessClock(NOW);
  const upstream = options.upstream ?? (await startFixtureUpstream({ now: () => clock.now() }));
  const config = readConfig({ ...upstream.env, ...options.env });
  const services = createWeatherServices(config, { clock, random: options.random ?? (() => 0.5) });
  const server = createWeatherServer(services, options.analytics ?? createAnalytics({ enabled: false }));
  const client = new Client({ name: "weather-test", version: "1.0.0" });
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(serverSide), client.connect(clientSide)]);
  // The client compiles the schemas that it checks answers against when it lists the tools.
  await client.listTools();
  const call = async (name: string, args: Record<string, unknown> = {}) =>
    (await client.callTool({ name, arguments: args })) as CallToolResult;
  return {
    client,
    upstream,
    services,
    call,
    async ok(name, args) {
      const result = await call(name, args);
      if (result.isError) throw new Error(textOf(result));
      return result.structuredContent;
    },
    async close() {
      await client.close();
      if (!options.upstream) await upstream.close();
    },
  };
}

export function textOf(result: CallToolResult): string {
  const [first] = result.content;
  return first?.type === "text" ? first.text : "";
}

export function errorMeta(result: CallToolResult): Record<string, unknown> {
  return (result._meta?.["weather-mcp/error"] ?? {}) as Record<string, unknown>;
}
