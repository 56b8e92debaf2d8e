import type { Batch } from "@org/mcp-analytics-schema";
import type { AddressLimits } from "../limits/address-limits.ts";
import type { BucketStore } from "../limits/bucket-store.ts";
import type { EventWriter } from "../storage/event-writer.ts";
import type { KeyRecord, KeyStore } from "../storage/key-store.ts";
import type { Outcomes } from "./outcome.ts";

/** What ingest needs from the rest of the collector. */
export interface IngestDeps {
  readonly keyStore: KeyStore;
  readonly writer: EventWriter;
  readonly buckets: BucketStore;
  readonly addressLimits: AddressLimits;
  readonly outcomes: Outcomes;
  /** Unix ms */
  readonly now: () => number;
  /** Signing secrets of a key, current first. */
  readonly signingSecretsFor: (key: KeyRecord) => readonly string[];
  readonly touchKey: (key: KeyRecord, atMs: number) => void;
  /** Called with what a stored batch reports as dropped. */
  readonly noteDropped: (key: KeyRecord, dropped: NonNullable<Batch["dropped"]>, atMs: number) => void;
  /** Called once per counted request. */
  readonly observeSeconds: (seconds: number) => void;
}
