import { startFixtureUpstream } from "@org/weather-mcp/fixture-upstream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CollectorProcess } from "../src/collector-process.ts";
import { plannedCalls } from "../src/tool-calls.ts";
import { UsageReader } from "../src/usage-reader.ts";
import { WeatherClient } from "../src/weather-client.ts";
import { STORAGES, type Storage } from "./storages.ts";

const CALLS = 60;
/** Calls before each kill; the last stretch runs to the end. */
const KILL_AFTER = [15, 35];
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

  test("misses no event and stores none twice; every call is answered meanwhile", async () => {
    const { apiKey, signingSecret } = await collector.createKey();
    const reader = await UsageReader.signIn(collector.url, await collector.adminLink());
    const upstream = await startFixtureUpstream();
    const weather = await WeatherClient.start({
      ...upstream.env,
      ANALYTICS_API_KEY: apiKey,
      ANALYTICS_ENDPOINT: collector.eventsUrl,
      ANALYTICS_SIGNING_SECRET: signingSecret,
    });
    let answers = 0;
    let restarting: Promise<void> = Promise.resolve();
    for (const [index, call] of plannedCalls(CALLS, await weather.toolNames()).entries()) {
      if (KILL_AFTER.includes(index)) {
        await restarting;
        await collector.kill();
        // It comes back while calls go on.
        restarting = collector.start();
      }
      await weather.call(call);
      answers++;
    }
    await restarting;
    expect(answers).toBe(CALLS);
    const usage = await reader.readUntil(CALLS, STORED_DEADLINE_MS);
    expect(usage.stored).toBe(CALLS);
    await weather.close();
    // Nothing arrives a second time with the last flush either.
    expect((await reader.read()).stored).toBe(CALLS);
    await upstream.close();
  });
});
