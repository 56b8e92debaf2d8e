import { type FaultKind, type FixtureUpstream, startFixtureUpstream } from "@org/weather-mcp/fixture-upstream";
import { plannedCalls } from "./tool-calls.ts";
import type { UsageReader } from "./usage-reader.ts";
import { WeatherClient } from "./weather-client.ts";

/** Calls that may be under way at once, as when a model asks for several things in one turn. */
const CALLS_AT_ONCE = 4;
const STORED_DEADLINE_MS = 15_000;

/** Moments of the run, as shares of its calls, at which an upstream service gives some bad answers. */
const ILLNESSES: readonly { at: number; route: string; kind: FaultKind; answers: number }[] = [
  { at: 0.3, route: "open-meteo-archive", kind: "hang", answers: 4 },
  { at: 0.85, route: "open-meteo-archive", kind: { status: 429, retryAfterS: 60 }, answers: 1 },
  { at: 0.96, route: "open-meteo/", kind: "cut-json", answers: 6 },
];
/** Waiting for a service that hangs is cut short, so that a demo takes seconds. */
const SHORT_TIMEOUTS = { WEATHER_ATTEMPT_TIMEOUT_MS: "250", WEATHER_TIMEOUT_MS: "900" };

export interface DemoResult {
  readonly toolCalls: number;
  readonly stored: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly byErrorType: Readonly<Record<string, number>>;
}

export interface Demo {
  readonly result: DemoResult;
  readonly byTool: Readonly<Record<string, number>>;
  /** every call was stored once, with the outcome that the MCP client saw */
  readonly isComplete: boolean;
  /** what the MCP client saw */
  readonly answered: { readonly succeeded: number; readonly failed: number };
}

export interface DemoCollector {
  /** the guide's endpoint, ending in /v1/events */
  readonly eventsUrl: string;
  readonly apiKey: string;
  readonly signingSecret: string;
  readonly reader: UsageReader;
}

/**
 * Runs weather-mcp over stdio with a real MCP client against the fixture upstream, makes `calls` tool calls, ends it, and
 * compares what the collector has stored with what was made.
 */
export async function runDemo(
  collector: DemoCollector,
  calls: number,
  onProgress: (done: number) => void = () => {},
): Promise<Demo> {
  const upstream = await startFixtureUpstream();
  try {
    const weather = await WeatherClient.start({
      ...upstream.env,
      ...SHORT_TIMEOUTS,
      ANALYTICS_API_KEY: collector.apiKey,
      ANALYTICS_ENDPOINT: collector.eventsUrl,
      ANALYTICS_SIGNING_SECRET: collector.signingSecret,
    });
    const answered = await makeCalls(weather, upstream, calls, onProgress);
    await weather.close();
    const { byTool, ...usage } = await collector.reader.readUntil(calls, STORED_DEADLINE_MS);
    const isComplete =
      usage.stored === calls && usage.succeeded === answered.succeeded && usage.failed === answered.failed;
    return { result: { toolCalls: calls, ...usage }, byTool, isComplete, answered };
  } finally {
    await upstream.close();
  }
}

async function makeCalls(
  weather: WeatherClient,
  upstream: FixtureUpstream,
  count: number,
  onProgress: (done: number) => void,
) {
  const planned = plannedCalls(count, await weather.toolNames());
  const illnesses = [...ILLNESSES];
  const answered = { succeeded: 0, failed: 0 };
  let next = 0;
  const worker = async () => {
    for (;;) {
      const index = next++;
      const call = planned[index];
      if (call === undefined) return;
      while (illnesses[0] !== undefined && index >= illnesses[0].at * count) {
        const { route, kind, answers } = illnesses.shift() as (typeof illnesses)[number];
        upstream.fail(route, kind, answers);
      }
      if (await weather.call(call)) answered.succeeded++;
      else answered.failed++;
      onProgress(answered.succeeded + answered.failed);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, worker));
  return answered;
}
