import { afterEach, expect, test } from "vitest";
import { createLogger } from "../../src/logger.ts";
import { startTestCollector, type TestCollector } from "../ingest/test-collector.ts";

let collector: TestCollector;
let warnings: string[];
afterEach(() => collector.close());

async function start(trustProxy: string[]): Promise<void> {
  warnings = [];
  const logger = createLogger({ logLevel: "warn" }, { write: (line: string) => void warnings.push(line) });
  collector = await startTestCollector({ config: { trustProxy }, deps: { logger } });
}
const sendForwarded = () => collector.sendEvent(collector.event(), { "x-forwarded-for": "198.51.100.77" });

test("a private peer whose X-Forwarded-For is ignored is warned of once, without any address", async () => {
  await start([]);
  for (let i = 0; i < 3; i++) expect((await sendForwarded()).status).toBe(201);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain("TRUST_PROXY");
  expect(warnings[0]).not.toMatch(/198\.51|127\.0/);
});

test("a private peer that is not among the trusted ones is warned of, too", async () => {
  await start(["10.0.0.0/8"]);
  await sendForwarded();
  expect(warnings).toHaveLength(1);
});

test("a trusted proxy, and a peer that forwards nothing, give no warning", async () => {
  await start(["127.0.0.0/8"]);
  await sendForwarded();
  await collector.sendEvent(collector.event());
  expect(warnings).toEqual([]);
});
