import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CollectorProcess } from "../src/collector-process.ts";
import { runDemo } from "../src/run-demo.ts";
import { UsageReader } from "../src/usage-reader.ts";
import { STORAGES, type Storage } from "./storages.ts";

describe.each(STORAGES)("on $name", ({ make }) => {
  let storage: Storage;
  let collector: CollectorProcess;
  let reader: UsageReader;

  beforeAll(async () => {
    storage = await make();
    collector = await CollectorProcess.start(storage.env);
    reader = await UsageReader.signIn(collector.url, await collector.adminLink());
  });

  afterAll(async () => {
    await collector?.kill();
    await storage?.remove();
  });

  test("every tool call is stored once, with the outcome that the MCP client saw", async () => {
    const { apiKey, signingSecret } = await collector.createKey();
    const demo = await runDemo({ eventsUrl: collector.eventsUrl, apiKey, signingSecret, reader }, 240);
    expect(demo.result).toMatchObject({ toolCalls: 240, stored: 240, ...demo.answered });
    expect(demo.isComplete).toBe(true);
    expect(demo.answered.failed).toBeGreaterThan(0);
    // Different failures stay different, and their sum is the failures.
    expect(Object.keys(demo.result.byErrorType).length).toBeGreaterThanOrEqual(3);
    expect(sumOf(demo.result.byErrorType)).toBe(demo.result.failed);
    expect(sumOf(demo.byTool)).toBe(240);
  });

  test("what is stored survives a clean restart, and the exit code is 0", async () => {
    const before = await reader.read();
    expect(await collector.stop()).toBe(0);
    await collector.start();
    expect(await reader.read()).toEqual(before);
  });
});

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
