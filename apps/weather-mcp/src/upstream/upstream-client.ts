import type { Config, UpstreamId } from "../config.ts";
import { WeatherError } from "../errors/weather-error.ts";
import { type Clock, sleep } from "../time/clock.ts";
import { VERSION } from "../version.ts";
import { attempt } from "./attempt.ts";
import type { CallScope } from "./call-scope.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import {
  AttemptFailure,
  badResponse,
  capital,
  type FailedResponse,
  judgeStatus,
  UPSTREAM_NAMES,
  type Verdict,
} from "./failure.ts";
import { HostLimiter, type HostLimits } from "./host-limiter.ts";
import { type CacheEntry, type CachePolicy, ResponseCache } from "./response-cache.ts";
import { backoffMs, MAX_RETRIES } from "./retry-policy.ts";
import { SharedFlights } from "./shared-flight.ts";

export interface UpstreamRequest<T> {
  readonly upstream: UpstreamId;
  /** Below the base URL, with a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes the value out of the parsed body; a throw means that the body is not what it should be, and is retried. */
  readonly decode: (body: unknown) => T;
  /** The service's own rules for answers that are not 2xx; undefined = judge by status alone. */
  readonly judge?: (failed: FailedResponse) => Verdict | undefined;
  /** A failure that is an answer ("outside our area"): its value, which is cached like any other. */
  readonly recover?: (error: WeatherError) => T | undefined;
  readonly cache?: CachePolicy<T>;
  /** Time to leave for a fallback, in ms: no attempt may use up the rest of the call. Default 0. */
  readonly reserveMs?: number;
  /** Asks the service even when there is a fresh answer in memory. */
  readonly refresh?: boolean;
}

export interface Fetched<T> {
  readonly value: T;
  /** Unix ms when the service sent it. */
  readonly fetchedAt: number;
  /** It is older than it should be, because the service cannot be reached now. */
  readonly stale: boolean;
}

/** What an answer made of several parts says of its own age: that of its oldest part, and stale when any of them is. */
export function oldestOf(parts: readonly Pick<Fetched<unknown>, "fetchedAt" | "stale">[]) {
  return {
    fetchedAt: Math.min(...parts.map(({ fetchedAt }) => fetchedAt)),
    stale: parts.some(({ stale }) => stale),
  };
}

export interface UpstreamDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly fetch: typeof fetch;
}

/** Hosts of one provider share a limiter: their limits are per address, not per host. */
const PROVIDER_LIMITS: Record<string, HostLimits> = {
  nws: { maxInFlight: 4, minIntervalMs: 0, maxQueued: 64 },
  "open-meteo": { maxInFlight: 2, minIntervalMs: 0, maxQueued: 64 },
  ncei: { maxInFlight: 4, minIntervalMs: 0, maxQueued: 64 },
  cdo: { maxInFlight: 2, minIntervalMs: 210, maxQueued: 32 },
};

/** Everything that is asked of a weather service goes through here. */
export class UpstreamClient {
  readonly #config: Config;
  readonly #deps: UpstreamDeps;
  readonly #cache: ResponseCache;
  readonly #flights = new SharedFlights();
  readonly #limiters = new Map<string, HostLimiter>();
  readonly #breakers = new Map<UpstreamId, CircuitBreaker>();
  readonly #closedUntil = new Map<UpstreamId, { at: number; error: WeatherError }>();

  constructor(config: Config, deps: UpstreamDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#cache = new ResponseCache(config.cacheBytes, deps.clock);
  }

  /** Answers from memory while that is fresh, else from the service; rejects with a WeatherError. */
  async get<T>(request: UpstreamRequest<T>, scope: CallScope): Promise<Fetched<T>> {
    const target = `${request.path}${queryString(request.query)}`;
    const key = `${request.upstream} ${target}`;
    const cached = request.cache && !request.refresh && this.#cache.fresh(key);
    if (cached) return fromCache(cached, false);
    try {
      return await this.#flights.run(key, scope, (shared) => this.#fetch(request, key, target, shared));
    } catch (error) {
      const old = request.cache && !scope.signal.aborted && isOutage(error) ? this.#cache.standIn(key) : undefined;
      if (old) return fromCache(old, true);
      throw error;
    }
  }

  async #fetch<T>(request: UpstreamRequest<T>, key: string, target: string, scope: CallScope): Promise<Fetched<T>> {
    let value: T | undefined;
    try {
      value = await this.#fetchWithRetries(request, target, scope);
    } catch (error) {
      value = error instanceof WeatherError ? request.recover?.(error) : undefined;
      if (value === undefined) throw error;
    }
    const fetchedAt = this.#deps.clock.now();
    if (request.cache) this.#cache.set(key, value, request.cache, fetchedAt);
    return { value, fetchedAt, stale: false };
  }

  async #fetchWithRetries<T>(request: UpstreamRequest<T>, target: string, scope: CallScope): Promise<T> {
    const { upstream } = request;
    const breaker = this.#breakerOf(upstream);
    for (let retries = 0; ; retries++) {
      this.#refuseWhileClosed(upstream);
      const waitMs = breaker.take();
      if (waitMs > 0) throw breakerOpen(upstream, waitMs);
      const outcome = await this.#attemptInTurn(request, target, scope);
      if (!("verdict" in outcome)) return outcome.value;
      const { verdict } = outcome;
      const pauseMs = retries < MAX_RETRIES ? this.#pauseBeforeRetry(verdict, request, scope) : undefined;
      if (pauseMs === undefined) {
        if (verdict.unwell) breaker.failed();
        else breaker.succeeded();
        if (verdict.closedForMs) this.#close(upstream, verdict.closedForMs, verdict.error);
        throw verdict.error;
      }
      breaker.released();
      await sleep(this.#deps.clock, pauseMs, scope.signal);
    }
  }

  /** One attempt when there is room for it. A failed one is returned for the loop to judge; everything else is thrown. */
  async #attemptInTurn<T>(
    request: UpstreamRequest<T>,
    target: string,
    scope: CallScope,
  ): Promise<{ value: T } | { verdict: Verdict }> {
    const { upstream } = request;
    const breaker = this.#breakerOf(upstream);
    try {
      const attempt = () => this.#attemptOnce(request, target, scope);
      const value = await this.#limiterOf(upstream).run(scope.signal, upstream, attempt);
      breaker.succeeded();
      return { value };
    } catch (error) {
      if (error instanceof AttemptFailure) return { verdict: error.verdict };
      breaker.released();
      throw error;
    }
  }

  async #attemptOnce<T>(request: UpstreamRequest<T>, target: string, scope: CallScope): Promise<T> {
    const { upstream } = request;
    const timeoutMs = Math.min(this.#config.attemptTimeoutMs, this.#remainingMs(request, scope));
    const result = await attempt(
      {
        upstream,
        url: this.#config.baseUrls[upstream] + this.#withApiKey(upstream, target),
        headers: { accept: "application/json", "user-agent": this.#userAgent(), ...request.headers },
        timeoutMs: Math.max(1, timeoutMs),
        signal: scope.signal,
      },
      this.#deps,
    );
    if (!result.ok) throw new AttemptFailure(request.judge?.(result.failed) ?? judgeStatus(result.failed));
    try {
      return request.decode(result.body);
    } catch (error) {
      if (error instanceof WeatherError) throw error;
      throw new AttemptFailure(badResponse(upstream, "sent an answer of an unknown form"));
    }
  }

  /** Pause in ms before the next attempt; undefined when there is to be none. */
  #pauseBeforeRetry<T>(verdict: Verdict, request: UpstreamRequest<T>, scope: CallScope): number | undefined {
    if (verdict.retry === "never") return undefined;
    const remainingMs = this.#remainingMs(request, scope);
    // A service that hangs is asked again only when a whole further attempt fits in.
    if (verdict.error.category === "TIMEOUT" && remainingMs < this.#config.attemptTimeoutMs) return undefined;
    const pauseMs = verdict.retry === "backoff" ? backoffMs(this.#deps.random) : verdict.retry.afterMs;
    return pauseMs < remainingMs ? pauseMs : undefined;
  }

  #remainingMs<T>(request: UpstreamRequest<T>, scope: CallScope): number {
    return scope.deadlineAt - this.#deps.clock.now() - (request.reserveMs ?? 0);
  }

  #refuseWhileClosed(upstream: UpstreamId): void {
    const closed = this.#closedUntil.get(upstream);
    if (!closed) return;
    if (this.#deps.clock.now() < closed.at) throw closed.error;
    this.#closedUntil.delete(upstream);
  }

  #close(upstream: UpstreamId, forMs: number, error: WeatherError): void {
    this.#closedUntil.set(upstream, { at: this.#deps.clock.now() + forMs, error });
  }

  #breakerOf(upstream: UpstreamId): CircuitBreaker {
    let breaker = this.#breakers.get(upstream);
    if (!breaker) {
      breaker = new CircuitBreaker(this.#deps.clock);
      this.#breakers.set(upstream, breaker);
    }
    return breaker;
  }

  #limiterOf(upstream: UpstreamId): HostLimiter {
    const provider = upstream.startsWith("open-meteo") ? "open-meteo" : upstream;
    let limiter = this.#limiters.get(provider);
    if (!limiter) {
      limiter = new HostLimiter(PROVIDER_LIMITS[provider] as HostLimits, this.#deps.clock);
      this.#limiters.set(provider, limiter);
    }
    return limiter;
  }

  #userAgent(): string {
    const contact = this.#config.contact ?? "https://www.npmjs.com/package/@org/weather-mcp";
    return `weather-mcp/${VERSION} (${contact})`;
  }

  #withApiKey(upstream: UpstreamId, target: string): string {
    const key = this.#config.openMeteoApiKey;
    return key && upstream.startsWith("open-meteo") ? `${target}&apikey=${encodeURIComponent(key)}` : target;
  }
}

/** Commas stay as they are: Open-Meteo names a bad variable in its error only then. Spaces become %20, never +. */
function queryString(query: UpstreamRequest<unknown>["query"] = {}): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value)).replaceAll("%2C", ",")}`);
  return pairs.length > 0 ? `?${pairs.join("&")}` : "";
}

function fromCache<T>(entry: CacheEntry, stale: boolean): Fetched<T> {
  return { value: entry.value as T, fetchedAt: entry.fetchedAt, stale };
}

/** Whether a failure says "cannot answer now", which an older answer may stand in for. */
function isOutage(error: unknown): boolean {
  return error instanceof WeatherError && error.upstream !== undefined && error.retryable;
}

function breakerOpen(upstream: UpstreamId, waitMs: number): WeatherError {
  const waitS = Math.ceil(waitMs / 1000);
  const told = `${capital(UPSTREAM_NAMES[upstream])} could not be reached or failed several times in a row and is left alone for now.`;
  return new WeatherError("UNKNOWN", told, {
    reason: "upstream_unavailable",
    hint: `This is not about your question. Try again in ${waitS} s.`,
    upstream,
    retryable: true,
    retryAfterS: waitS,
  });
}
