import { startFixtureUpstream } from "@org/weather-mcp/fixture-upstream";
import { spreadOf } from "../figures/spread.ts";
import { LARGEST_CALLS, REPEATED_CALLS } from "./largest-calls.ts";
import { WeatherProcess } from "./weather-process.ts";

export interface WeatherFigures {
  /** `JSON.stringify` of name, description and input schema of the default tools: what a model is shown. */
  readonly toolsListBytes: number;
  /** The whole answer of `tools/list`, output schemas included. */
  readonly toolsListWireBytes: number;
  readonly maxStructuredChars: number;
  readonly maxTextChars: number;
  /** From the start of the process to the answer to `initialize`, median. */
  readonly coldStartMs: number;
  /** Round trip of a call whose answer is in memory, over stdio. */
  readonly cachedP50Ms: number;
  /** Requests to the service that two equal concurrent calls make. */
  readonly concurrentHits: number;
}

const COLD_STARTS = 11;
const CACHED_CALLS = 400;

type Env = Readonly<Record<string, string>>;

export async function measureWeather(): Promise<WeatherFigures> {
  const upstream = await startFixtureUpstream();
  try {
    return {
      ...(await measureToolsList(upstream.env)),
      ...(await measureAnswers({ ...upstream.env, WEATHER_TOOLS: "all" })),
      coldStartMs: await measureColdStart(upstream.env),
      cachedP50Ms: await measureCached(upstream.env),
      concurrentHits: await measureConcurrent(upstream.env, () => upstream.hits("open-meteo/v1/forecast")),
    };
  } finally {
    await upstream.close();
  }
}

async function withWeather<Result>(env: Env, use: (weather: WeatherProcess) => Promise<Result>): Promise<Result> {
  const weather = await WeatherProcess.start(env);
  try {
    return await use(weather);
  } finally {
    await weather.stop();
  }
}

function measureToolsList(env: Env): Promise<Pick<WeatherFigures, "toolsListBytes" | "toolsListWireBytes">> {
  return withWeather(env, async (weather) => {
    const { tools } = (await weather.request("tools/list")) as { tools: Record<string, unknown>[] };
    const visible = tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
    return {
      toolsListBytes: Buffer.byteLength(JSON.stringify(visible)),
      toolsListWireBytes: Buffer.byteLength(JSON.stringify({ tools })),
    };
  });
}

function measureAnswers(env: Env): Promise<Pick<WeatherFigures, "maxStructuredChars" | "maxTextChars">> {
  return withWeather(env, async (weather) => {
    const largest = { maxStructuredChars: 0, maxTextChars: 0 };
    for (const [name, args] of LARGEST_CALLS) {
      const { structuredContent, content } = await weather.call(name, args);
      const [first] = content as { text: string }[];
      largest.maxStructuredChars = Math.max(largest.maxStructuredChars, JSON.stringify(structuredContent).length);
      largest.maxTextChars = Math.max(largest.maxTextChars, first?.text.length ?? 0);
    }
    return largest;
  });
}

async function measureColdStart(env: Env): Promise<number> {
  const times: number[] = [];
  for (let start = 0; start < COLD_STARTS; start++) {
    const startedAt = performance.now();
    await withWeather(env, async () => {
      times.push(performance.now() - startedAt);
    });
  }
  return spreadOf(times).median;
}

function measureCached(env: Env): Promise<number> {
  return withWeather(env, async (weather) => {
    for (const [name, args] of REPEATED_CALLS) await weather.call(name, args);
    const times: number[] = [];
    for (let index = 0; index < CACHED_CALLS; index++) {
      const [name, args] = REPEATED_CALLS[index % REPEATED_CALLS.length] ?? ["", {}];
      const startedAt = performance.now();
      await weather.call(name, args);
      times.push(performance.now() - startedAt);
    }
    return spreadOf(times).median;
  });
}

function measureConcurrent(env: Env, hits: () => number): Promise<number> {
  return withWeather(env, async (weather) => {
    const before = hits();
    const ask = () => weather.call("get_forecast", { location: "Tokyo" });
    await Promise.all([ask(), ask()]);
    return hits() - before;
  });
}
