import type { IncomingHttpHeaders } from "node:http";

/** A request as the routes see it; the prefix of the upstream is cut off the path. */
export interface FixtureRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Unix ms at which the fixture believes to be. */
  readonly nowMs: number;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } };
}
