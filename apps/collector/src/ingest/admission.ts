import type { Grant } from "../limits/bucket-store.ts";
import type { KnownKey } from "./key-cache.ts";
import type { SignatureClaim } from "./signature.ts";

/** What a request whose headers passed every check was let in with: its body may be read. */
export interface Admission {
  readonly key: KnownKey;
  /** What its key was charged: one request with one event. */
  readonly grant: Grant;
  readonly claim: SignatureClaim | undefined;
  /** How many valid events are in it; 0 until they are known. */
  validEvents: number;
  /** Whether the quota of events was settled: it is given back for events that are not stored. */
  settled: boolean;
}
