import type { UpstreamId } from "../config.ts";
import type { Clock } from "../time/clock.ts";
import { AttemptFailure, badResponse, type FailedResponse, timedOut, unreachable } from "./failure.ts";
import { retryAfterMs } from "./retry-policy.ts";

/** What Node and undici say of an answer that is no HTTP or does not decompress: the service was reached. */
const BROKEN_ANSWER = /^(HPE_|Z_|UND_ERR_HEADERS_OVERFLOW)/;

/** Largest body that is read, in bytes after decompression. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_REDIRECTS = 3;

export interface Attempt {
  readonly upstream: UpstreamId;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface AttemptDeps {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

export type AttemptResult = { ok: true; body: unknown } | { ok: false; failed: FailedResponse };

/**
 * One HTTP exchange. Throws AttemptFailure when there is no usable answer, and the signal's reason when it was aborted.
 * An answer with another status than 2xx is returned, for the service's own rules to judge.
 */
export async function attempt(request: Attempt, deps: AttemptDeps): Promise<AttemptResult> {
  const controller = new AbortController();
  let late = false;
  const cancelTimer = deps.clock.after(request.timeoutMs, () => {
    late = true;
    controller.abort();
  });
  const onAbort = () => controller.abort();
  request.signal.addEventListener("abort", onAbort, { once: true });
  try {
    request.signal.throwIfAborted();
    return await exchange(request, deps, controller.signal);
  } catch (error) {
    if (request.signal.aborted) throw request.signal.reason;
    if (late) throw new AttemptFailure(timedOut(request.upstream, request.timeoutMs));
    if (error instanceof AttemptFailure) throw error;
    const code = codeOf(error);
    if (BROKEN_ANSWER.test(String(code)))
      throw new AttemptFailure(badResponse(request.upstream, "sent a broken answer"));
    throw new AttemptFailure(unreachable(request.upstream, code));
  } finally {
    cancelTimer();
    request.signal.removeEventListener("abort", onAbort);
    // Frees the socket when the body was left unread.
    controller.abort();
  }
}

/** fetch itself says no more than "failed"; what happened stands in one of its causes. */
function codeOf(error: unknown): unknown {
  let cause = Object(error);
  for (let depth = 0; depth < 4 && cause.code === undefined; depth++) cause = Object(cause.cause);
  return cause.code;
}

async function exchange(request: Attempt, deps: AttemptDeps, signal: AbortSignal): Promise<AttemptResult> {
  const response = await followSameHost(request, deps, signal);
  const contentType = response.headers.get("content-type")?.toLowerCase() ?? "";
  const text = await readBody(request.upstream, response);
  if (response.ok) return { ok: true, body: parseBody(request.upstream, contentType, text) };
  return {
    ok: false,
    failed: {
      upstream: request.upstream,
      status: response.status,
      contentType,
      text,
      json: parseObject(text),
      retryAfterMs: retryAfterMs(response.headers.get("retry-after"), deps.clock.now()),
    },
  };
}

/** The NWS redirects within itself. Anything else is refused: a token or a place must not follow a link to another host. */
async function followSameHost(request: Attempt, deps: AttemptDeps, signal: AbortSignal): Promise<Response> {
  let url = request.url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await deps.fetch(url, { headers: request.headers, redirect: "manual", signal });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
    if (next?.origin !== new URL(url).origin) {
      throw new AttemptFailure(badResponse(request.upstream, "redirected to another host", response.status, false));
    }
    url = next.href;
  }
  throw new AttemptFailure(badResponse(request.upstream, "redirected too often", undefined, false));
}

async function readBody(upstream: UpstreamId, response: Response): Promise<string> {
  if (!response.body) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES)
      throw new AttemptFailure(badResponse(upstream, "sent too large an answer", undefined, false));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseBody(upstream: UpstreamId, contentType: string, text: string): unknown {
  // An HTML page with status 200 is a maintenance page, whatever it says.
  if (contentType.includes("html"))
    throw new AttemptFailure(badResponse(upstream, "sent a page for people instead of data"));
  try {
    return JSON.parse(text);
  } catch {
    // Open-Meteo breaks off in the middle of the JSON when it fails after having started to answer.
    throw new AttemptFailure(badResponse(upstream, "sent an answer that cannot be read"));
  }
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}
