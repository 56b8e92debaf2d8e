import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { oldestNode } from "@org/oldest-node";
import { startFixtureUpstream } from "@org/weather-mcp/fixture-upstream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CollectorProcess } from "../src/collector-process.ts";
import { plannedCalls } from "../src/tool-calls.ts";
import { UsageReader } from "../src/usage-reader.ts";
import { WeatherClient } from "../src/weather-client.ts";
import { STORAGES, type Storage } from "./storages.ts";

const CALLS = 30;
/** Where none is packaged, the machine's own takes its place: then this says that the path works, on one Node more or less. */
const node = oldestNode() ?? process.execPath;

let storage: Storage;
let collector: CollectorProcess;

beforeAll(async () => {
  storage = await (STORAGES[0] as (typeof STORAGES)[number]).make();
  collector = await CollectorProcess.start(storage.env);
});

afterAll(async () => {
  await collector?.kill();
  await storage?.remove();
});

test("on the oldest Node that weather-mcp declares, every call is answered as on this one, and stored", async () => {
  const { apiKey, signingSecret } = await collector.createKey();
  const reader = await UsageReader.signIn(collector.url, await collector.adminLink());
  const upstream = await startFixtureUpstream();
  const analytics = {
    ANALYTICS_API_KEY: apiKey,
    ANALYTICS_ENDPOINT: collector.eventsUrl,
    ANALYTICS_SIGNING_SECRET: signingSecret,
  };
  const onThisNode = await outcomes(await WeatherClient.start(upstream.env));
  expect(await outcomes(await WeatherClient.start({ ...upstream.env, ...analytics }, node))).toEqual(onThisNode);
  expect((await reader.readUntil(CALLS, 20_000)).stored).toBe(CALLS);
  await upstream.close();
});

async function outcomes(weather: WeatherClient): Promise<boolean[]> {
  const answers: boolean[] = [];
  for (const call of plannedCalls(CALLS, await weather.toolNames())) answers.push(await weather.call(call));
  await weather.close();
  expect(weather.protocolErrors).toEqual([]);
  return answers;
}

test.each([
  ["require", (file: string) => `console.log(typeof require(${JSON.stringify(file)}).createAnalytics)`],
  ["import", (file: string) => `import(${JSON.stringify(file)}).then((m) => console.log(typeof m.createAnalytics))`],
])("the client loads there by %s", (how, script) => {
  // Resolved as a server would: from a package that depends on it.
  const fromWeather = createRequire(import.meta.resolve("@org/weather-mcp/package.json"));
  const file = fromWeather.resolve("@org/mcp-analytics-client");
  const target = how === "require" ? file : `file://${file.replace(/\.cjs$/, ".js")}`;
  expect(execFileSync(node, ["-e", script(target)], { encoding: "utf8" }).trim()).toBe("function");
});
