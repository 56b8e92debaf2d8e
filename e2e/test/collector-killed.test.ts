import { startFixtureUpstream } from "@org/weather-mcp/fixture-upstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CollectorProcess } from "../src/collector-process.ts";
import { plannedCalls } from "../src/tool-calls.ts";
import { UsageReader } from "../src/usage-reader.ts";
import { WeatherClient } from "../src/weather-client.ts";
import { STORAGES, type Storage } from "./storages.ts";

const ROUNDS = 2;
/** Calls before each kill, and calls while the collector is away. */
const CALLS_BEFORE = 12;
const CALLS_MEANWHILE = 12;
/** An event is accepted for a minute; a collector that is back sooner loses none. */
const STORED_DEADLINE_MS = 55_000;

describe.each(STORAGES)("a collector on $name that is killed between calls", ({ make }) => {
  let storage: Storage;
  let collector: CollectorProcess;

  beforeAll(async () => {
    storage = await make();
    collector = await CollectorProcess.start(storage.env);
  });

  afterAll(async () => {
    await collector?.kill();
    await storage?.remove();
  });

  test("misses no event and stores none twice, and every call is answered meanwhile", async () => {
    // A large tier: how a small one spaces its requests is not what is looked at here.
    const { apiKey, signingSecret } = await collector.createKey("--tier", "enterprise");
    const reader = await UsageReader.signIn(collector.url, await collector.adminLink());
    const upstream = await startFixtureUpstream();
    const weather = await WeatherClient.start({
      ...upstream.env,
      ANALYTICS_API_KEY: apiKey,
      ANALYTICS_ENDPOINT: collector.eventsUrl,
      ANALYTICS_SIGNING_SECRET: signingSecret,
    });
    const calls = plannedCalls(ROUNDS * (CALLS_BEFORE + CALLS_MEANWHILE), await weather.toolNames());
    let made = 0;
    const makeCalls = async (count: number) => {
      for (const call of calls.slice(made, made + count)) await weather.call(call);
      made += count;
    };
    for (let round = 0; round < ROUNDS; round++) {
      await makeCalls(CALLS_BEFORE);
      // At once, so that what was just called is queued, on its way, or stored but not yet acknowledged.
      await collector.kill();
      const restarting = collector.start();
      await makeCalls(CALLS_MEANWHILE);
      await restarting;
      expect((await reader.readUntil(made, STORED_DEADLINE_MS)).stored).toBe(made);
    }
    await weather.close();
    // Nothing arrives a second time with the last flush either.
    expect((await reader.read()).stored).toBe(calls.length);
    await upstream.close();
  });
});
