import { BATCH_PATH_SUFFIX, type Event, MAX_EVENT_AGE_MS, MAX_EVENTS_PER_BATCH } from "@org/mcp-analytics-schema";
import { newBatchId } from "../../attack/runner/trial.ts";
import { type AttackKey, inventedKey } from "../../attack/stack/attack-keys.ts";
import type { SendOptions } from "../wire/send.ts";

export interface BadRequest {
  readonly what: string;
  /** Behind the route of single events. */
  readonly path: "" | typeof BATCH_PATH_SUFFIX;
  readonly body: string;
  readonly options: SendOptions;
}

type MakeBad = (event: Event, key: AttackKey) => BadRequest;

const asEvent =
  (what: string, spoil: (event: Event) => unknown, options: (key: AttackKey) => SendOptions = () => ({})): MakeBad =>
  (event, key) => {
    const spoilt = spoil(event);
    const body = typeof spoilt === "string" ? spoilt : JSON.stringify(spoilt);
    return { what, path: "", body, options: { apiKey: key.apiKey, ...options(key) } };
  };

/** Requests that must be refused, each around an event that would be good. */
export const badRequests: readonly MakeBad[] = [
  asEvent("an event with an unknown field", (event) => ({ ...event, extra: 1 })),
  asEvent("an event whose success is a text", (event) => ({ ...event, success: "true" })),
  asEvent("an event that is too old", (event) => ({ ...event, timestamp: event.timestamp - MAX_EVENT_AGE_MS - 5_000 })),
  asEvent("half an event", (event) => JSON.stringify(event).slice(0, -4)),
  asEvent(
    "an event with a wrong signature",
    (event) => event,
    () => ({ signingSecret: `wms_${"0".repeat(64)}` }),
  ),
  asEvent(
    "an event with a signature of long ago",
    (event) => event,
    ({ signingSecret }) => ({ signingSecret, signedAtMs: Date.now() - MAX_EVENT_AGE_MS - 5_000 }),
  ),
  asEvent(
    "an event with a key that nobody made",
    (event) => event,
    () => ({ apiKey: inventedKey() }),
  ),
  (event, { apiKey }) => ({
    what: "a batch with too many events",
    path: BATCH_PATH_SUFFIX,
    body: JSON.stringify({ batchId: newBatchId(), events: Array(MAX_EVENTS_PER_BATCH + 1).fill(event) }),
    options: { apiKey },
  }),
];
