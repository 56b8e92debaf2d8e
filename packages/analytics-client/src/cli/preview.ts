import { ERROR_CATEGORIES } from "@org/mcp-analytics-schema/constants";
import type { Config } from "../config/config.ts";
import { takeBatch } from "../delivery/batch.ts";
import type { QueuedEvent } from "../queue/event-queue.ts";
import { createSink } from "../sink.ts";

/**
 * What `mcp-analytics preview` prints: a request made of two sample calls by the very code that sends, byte for byte.
 *
 * @param nowMs the time that the samples carry
 */
export function describePreview({ level, url, signingSecret }: Config, nowMs: number): string {
  const queue: QueuedEvent[] = [];
  const store = { add: (event: QueuedEvent) => void queue.push(event), flush: async () => {}, stop: () => {} };
  const sink = createSink(
    level,
    {},
    store,
    () => nowMs,
    () => {},
  );
  const origin = { server: { name: "example-server", version: "1.0.0" }, client: "claude-code" } as const;
  sink.capture("example_tool", undefined, 132, origin);
  sink.capture("example_tool", ERROR_CATEGORIES[2], 8_020, origin);
  const { body } = takeBatch(queue, {}, nowMs, 0);
  return [
    `POST ${url?.href ?? "<ANALYTICS_ENDPOINT>/batch"}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
    "x-api-key: <ANALYTICS_API_KEY>",
    ...(signingSecret ? [`x-timestamp: ${nowMs}`, "x-signature: <HMAC-SHA256 of time and body>"] : []),
    "",
    body.toString("utf8"),
  ].join("\n");
}
