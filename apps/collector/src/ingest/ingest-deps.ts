import type { Batch } from "@org/mcp-analytics-schema";
import type { AddressOf } from "../http/client-address.ts";
import type { AddressLimiter } from "../limits/address-limiter.ts";
import type { KeyLimiter } from "../limits/key-limiter.ts";
import type { EventWriter } from "../storage/event-writer.ts";
import type { KeyRecord, KeyStore } from "../storage/key-store.ts";
import type { Outcomes } from "./outcome.ts";

/** What ingest needs from the rest of the collector. */
export interface IngestDeps {
  readonly keyStore: KeyStore;
  readonly writer: EventWriter;
  readonly keyLimiter: KeyLimiter;
  readonly addresses: AddressLimiter;
  readonly addressOf: AddressOf;
  readonly outcomes: Outcomes;
  /** Unix ms */
  readonly now: () => number;
  /** Signing secrets of a key, current first. */
  readonly signingSecretsFor: (key: KeyRecord) => readonly string[];
  readonly touchKey: (key: KeyRecord, atMs: number) => void;
  /** Called with what a batch that was stored reports as given up. */
  readonly noteDropped: (key: KeyRecord, dropped: NonNullable<Batch["dropped"]>, atMs: number) => void;
  /** Called once per answered request. */
  readonly observeSeconds: (seconds: number) => void;
  /** Called with what nobody expected, and the path of the route: the request is answered with `internal`. */
  readonly onError: (error: unknown, route: string) => void;
}
