import type { FastifyRequest } from "fastify";
import type { Grant } from "../limits/bucket-store.ts";
import type { KnownKey } from "./key-cache.ts";
import type { SignatureClaim } from "./signature.ts";

/** A request whose headers passed every check: its body may be read. */
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

declare module "fastify" {
  interface FastifyRequest {
    admission: Admission | null;
    /** When its headers had been read, on the clock of `performance`. */
    startedAtMs: number;
  }
}

/** The admission of a request that has reached its handler. */
export function admissionOf(request: FastifyRequest): Admission {
  if (request.admission === null) throw new Error("a handler ran without admission");
  return request.admission;
}
