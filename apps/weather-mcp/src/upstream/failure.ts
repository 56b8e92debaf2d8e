import type { UpstreamId } from "../config.ts";
import { WeatherError } from "../errors/weather-error.ts";

/** Names for people; also what `upstream` says in an error. */
export const UPSTREAM_NAMES: Record<UpstreamId, string> = {
  nws: "the National Weather Service",
  "open-meteo": "Open-Meteo",
  "open-meteo-archive": "Open-Meteo's archive",
  "open-meteo-geocoding": "Open-Meteo's geocoder",
  "open-meteo-air-quality": "Open-Meteo's air quality service",
  "open-meteo-marine": "Open-Meteo's marine service",
  ncei: "NOAA NCEI",
  cdo: "NOAA CDO",
};

/** An answer that is not a success. */
export interface FailedResponse {
  readonly upstream: UpstreamId;
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** The body when it is a JSON object, else {}. */
  readonly json: Readonly<Record<string, unknown>>;
  /** What `Retry-After` asks for. */
  readonly retryAfterMs: number | undefined;
}

/** When to try again: never, after a jittered pause, or after a pause that the service asked for. */
export type RetryAdvice = "never" | "backoff" | { afterMs: number };

/** What a failed attempt means. */
export interface Verdict {
  readonly error: WeatherError;
  readonly retry: RetryAdvice;
  /** Whether it says that the service is unwell, and counts for the breaker. */
  readonly unwell: boolean;
  /** The service will refuse everything for this long; nothing is sent meanwhile. */
  readonly closedForMs?: number;
}

/** A failed attempt on its way through the retry loop. */
export class AttemptFailure extends Error {
  readonly verdict: Verdict;
  constructor(verdict: Verdict) {
    super(verdict.error.message);
    this.verdict = verdict;
  }
}

/** What a status means where the service's own rules have nothing to say. */
export function judgeStatus(failed: FailedResponse): Verdict {
  const { upstream, status, retryAfterMs } = failed;
  if (status === 429 || (status === 403 && failed.contentType.includes("html"))) {
    return rateLimited(upstream, status, retryAfterMs);
  }
  if (status >= 500) return unavailable(upstream, status, retryAfterMs);
  const name = UPSTREAM_NAMES[upstream];
  if (status === 404) {
    const hint = "Check the place and the dates, or let source be auto.";
    const error = new WeatherError("NOT_FOUND", `${capital(name)} has nothing there.`, {
      reason: "upstream_not_found",
      hint,
      upstream,
      status,
    });
    return { error, retry: "never", unwell: false };
  }
  return badResponse(upstream, `answered with status ${status}`, status, false);
}

export function rateLimited(upstream: UpstreamId, status: number, afterMs: number | undefined, when?: string): Verdict {
  const wait = when ?? (afterMs === undefined ? "in a minute" : `in ${Math.ceil(afterMs / 1000)} s`);
  const error = new WeatherError("RATE_LIMIT", `${capital(UPSTREAM_NAMES[upstream])} limits requests right now.`, {
    reason: "upstream_rate_limit",
    hint: `Try again ${wait}; make fewer calls at once.`,
    upstream,
    status,
    retryable: true,
    retryAfterS: Math.ceil((afterMs ?? 60_000) / 1000),
  });
  return {
    error,
    retry: afterMs === undefined ? "never" : { afterMs },
    unwell: false,
    // To go on asking a service that has had enough of us makes it worse.
    closedForMs: afterMs ?? 60_000,
  };
}

/** The service answered that it cannot serve. */
export function unavailable(upstream: UpstreamId, status: number, afterMs?: number, correlationId?: string): Verdict {
  const told = `${capital(UPSTREAM_NAMES[upstream])} is out of order (status ${status}).`;
  const error = new WeatherError("UNKNOWN", told, {
    reason: "upstream_unavailable",
    hint: "This is not about your question. Try again in a few minutes.",
    upstream,
    status,
    retryable: true,
    retryAfterS: afterMs === undefined ? 120 : Math.ceil(afterMs / 1000),
    ...(correlationId === undefined ? {} : { correlationId }),
  });
  return { error, retry: afterMs === undefined ? "backoff" : { afterMs }, unwell: true };
}

/** What kept a connection from being made or held, by the code of the system or of undici. */
const OBSTACLES: readonly (readonly [codes: RegExp, obstacle: string])[] = [
  [/^(ENOTFOUND|EAI_\w+)$/, "its name cannot be looked up; this machine may be offline"],
  [/^(ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL)$/, "there is no route to it; this machine may be offline"],
  [/^ECONNREFUSED$/, "the connection was refused"],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, "the connection broke off"],
  [/^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)\w+$/, "no secure connection could be made"],
];

/**
 * No answer came at all. A connection that the system gave up waiting for is a TIMEOUT like our own; every other is UNKNOWN,
 * for it is over at once and nothing was slow.
 *
 * @param code of the system's error; anything else is told without a cause
 */
export function unreachable(upstream: UpstreamId, code: unknown): Verdict {
  const name = capital(UPSTREAM_NAMES[upstream]);
  const timedOut = /TIMEDOUT|_TIMEOUT$/.test(String(code));
  const obstacle = OBSTACLES.find(([codes]) => codes.test(String(code)))?.[1];
  const cause = timedOut ? " (the connection timed out)" : obstacle ? ` (${obstacle})` : "";
  const error = new WeatherError(timedOut ? "TIMEOUT" : "UNKNOWN", `${name} could not be reached${cause}.`, {
    reason: "upstream_unreachable",
    hint: "The weather service could not be reached, which is not about your question. Try again in a few minutes; when no tool gets through, this machine's network is the likely cause.",
    upstream,
    retryable: true,
    retryAfterS: 120,
  });
  return { error, retry: "backoff", unwell: true };
}

export function badResponse(upstream: UpstreamId, what: string, status?: number, retry = true): Verdict {
  const error = new WeatherError("UNKNOWN", `${capital(UPSTREAM_NAMES[upstream])} ${what}.`, {
    reason: "upstream_bad_response",
    hint: "This is a fault of the service. Try again in a few minutes, or with another source.",
    upstream,
    ...(status === undefined ? {} : { status }),
    retryable: true,
    retryAfterS: 120,
  });
  return { error, retry: retry ? "backoff" : "never", unwell: true };
}

export function timedOut(upstream: UpstreamId, timeoutMs: number): Verdict {
  const seconds = Math.max(1, Math.round(timeoutMs / 1000));
  const error = new WeatherError(
    "TIMEOUT",
    `${capital(UPSTREAM_NAMES[upstream])} did not answer within ${seconds} s.`,
    {
      reason: "upstream_timeout",
      hint: "The service is slow right now. Try again in a minute.",
      upstream,
      retryable: true,
      retryAfterS: 60,
    },
  );
  return { error, retry: "backoff", unwell: true };
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
