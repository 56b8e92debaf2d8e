import type { IncomingMessage, ServerResponse } from "node:http";
import type { Admission } from "./admission.ts";

export interface IngestRoute {
  readonly path: string;
  /** largest body */
  readonly maxBytes: number;
}

/** One request to an ingest route, on its way to its one answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: IngestRoute;
  /** of the client */
  address: string;
  /** When its headers had been read, on the clock of `performance`. */
  readonly startedAtMs: number;
  /** Once its headers have passed every check. */
  admission: Admission | undefined;
}
