import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { createLogger } from "../../src/logger.ts";
import { StorageUnavailableError } from "../../src/storage/errors.ts";
import { RawConnection, requestText } from "../ingest/raw-http.ts";
import { startTestCollector } from "../ingest/test-collector.ts";

test("no key, address, query, header or value of a body is ever in the log", async () => {
  const lines: string[] = [];
  const logger = createLogger({ logLevel: "trace" }, { write: (line: string) => void lines.push(line) });
  const collector = await startTestCollector({ deps: { logger }, config: { trustProxy: ["127.0.0.1"] } });
  const { apiKey } = collector.key;
  const headers = {
    "x-forwarded-for": "198.51.100.77",
    "user-agent": "canary_agent",
    "x-request-id": "canary_request",
    "x-signature": "ab".repeat(32),
    "x-timestamp": String(collector.clock.now()),
    cookie: "canary_cookie=1",
  };
  const body = { ...collector.event({ tool: "canary_tool" }), email: "canary@example.com" };
  await collector.send("/v1/events?canary_query=1", body, headers);
  await collector.send("/v1/events?canary_query=1", collector.event({ tool: "canary_tool" }), {
    "x-forwarded-for": "x",
  });
  await collector.send("/canary_path?canary_query=1", body, headers);
  await collector.sendEvent('{"canary_body', {});
  await collector.sendEvent("{", { "x-api-key": `wmc_${"c".repeat(64)}` });
  for (const failure of [
    new StorageUnavailableError("57P01"),
    new Error("insert into events_raw values ('canary_value')"),
  ]) {
    collector.writer.failure = failure;
    await collector.sendEvent(collector.event({ tool: "canary_tool" }));
  }
  const connection = new RawConnection(collector.port);
  connection.send(requestText("GET", "/canary path", [["X-Canary", "canary_header"]]));
  await connection.closed();
  await collector.close();

  const log = lines.join("");
  expect(lines.length).toBeGreaterThan(0);
  expect(log).toContain('"request failed"');
  const keyHash = createHash("sha256").update(apiKey).digest("hex");
  for (const secret of [
    apiKey,
    keyHash,
    "cccccccc",
    "canary",
    "198.51.100.77",
    "127.0.0.1:",
    "ab".repeat(32),
    "remoteAddress",
  ]) {
    expect(log.replaceAll(collector.url, "")).not.toContain(secret);
  }
});
