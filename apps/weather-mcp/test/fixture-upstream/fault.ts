import type { ServerResponse } from "node:http";

/** The ways in which an upstream can go wrong. */
export type FaultKind =
  /** JSON problem with this status. */
  | { status: number; retryAfterS?: number; body?: unknown; html?: boolean }
  /** Never answers. */
  | "hang"
  /** The connection breaks before an answer. */
  | "reset"
  /** 200, and the JSON stops in the middle. */
  | "cut-json"
  /** 200, valid length, but the text is no JSON (a bare nan). */
  | "nan"
  /** 200 with a page for people. */
  | "html-200"
  /** Starts an answer and then sends a byte every 50 ms without end. */
  | "slow-drip"
  /** An answer beyond any sensible size. */
  | "huge"
  /** 302 to another host. */
  | "redirect-away"
  /** 302 to itself, for ever. */
  | "redirect-loop";

export interface Fault {
  readonly kind: FaultKind;
  /** How many requests it hits; default all. */
  readonly times?: number;
}

const PAGE =
  "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body>Please try again later.</body></html>";

/** Answers as the fault says. */
export function misbehave(kind: FaultKind, url: string, response: ServerResponse): void {
  if (typeof kind === "object") {
    misanswer(kind, response);
    return;
  }
  switch (kind) {
    case "hang":
      return;
    case "reset":
      response.destroy();
      return;
    case "cut-json":
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"latitude":52.5,"hourly":{"time":[Unexpected error while streaming data: timeoutReached');
      return;
    case "nan":
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"latitude":nan,"longitude":nan}');
      return;
    case "html-200":
      response.writeHead(200, { "content-type": "text/html" });
      response.end(PAGE);
      return;
    case "slow-drip":
      drip(response);
      return;
    case "huge":
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ padding: "x".repeat(5 * 1024 * 1024) }));
      return;
    case "redirect-away":
      response.writeHead(302, { location: "https://example.com/elsewhere" });
      response.end();
      return;
    case "redirect-loop":
      response.writeHead(302, { location: url });
      response.end();
  }
}

function misanswer(kind: Exclude<FaultKind, string>, response: ServerResponse): void {
  const headers: Record<string, string> = {
    "content-type": kind.html ? "text/html" : "application/problem+json",
    ...(kind.retryAfterS === undefined ? {} : { "retry-after": String(kind.retryAfterS) }),
  };
  const problem = {
    type: "https://api.weather.gov/problems/UnexpectedProblem",
    title: "Unexpected Problem",
    status: kind.status,
    detail: "An unexpected problem has occurred.",
    correlationId: "fixture1",
  };
  response.writeHead(kind.status, headers);
  response.end(kind.html ? PAGE : JSON.stringify(kind.body ?? problem));
}

function drip(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"latitude":');
  const timer = setInterval(() => response.write(" "), 50);
  timer.unref();
  response.on("close", () => clearInterval(timer));
}
