import { readConfig } from "../../src/config.ts";
import { WeatherError } from "../../src/errors/weather-error.ts";
import type { Clock } from "../../src/time/clock.ts";
import { type OpenCallScope, openCallScope } from "../../src/upstream/call-scope.ts";
import { type Fetched, UpstreamClient, type UpstreamRequest } from "../../src/upstream/upstream-client.ts";
import { type FixtureUpstream, startFixtureUpstream } from "../fixture-upstream/index.ts";

export interface UpstreamHarness {
  readonly upstream: FixtureUpstream;
  readonly client: UpstreamClient;
  /** A fresh call scope of 20 s. */
  scope(parent?: AbortSignal): OpenCallScope;
  /** One request for a canned body at `/thing` of the NWS, by default uncached. */
  get(request?: Partial<UpstreamRequest<unknown>>, scope?: OpenCallScope): Promise<Fetched<unknown>>;
  close(): Promise<void>;
}

/** The HTTP client alone, with the fixture upstream answering `{"ok":true}` to everything on `nws/thing`. */
export async function openHarness(
  clock: Clock,
  env: Record<string, string> = {},
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<UpstreamHarness> {
  const upstream = await startFixtureUpstream();
  upstream.respond("nws/thing", { ok: true });
  const client = new UpstreamClient(readConfig({ ...upstream.env, ...env }), {
    clock,
    random: () => 0.5,
    fetch,
  });
  const scope = (parent?: AbortSignal) => openCallScope(clock, 20_000, parent);
  return {
    upstream,
    client,
    scope,
    get: (request = {}, given = scope()) =>
      client.get({ upstream: "nws", path: "/thing", decode: (body) => body, ...request }, given),
    close: () => upstream.close(),
  };
}

/** What a promise was rejected with; fails the test when it was not a WeatherError. */
export async function failureOf(promise: Promise<unknown>): Promise<WeatherError> {
  const outcome = await promise.then(
    () => new Error("it was not rejected"),
    (error: unknown) => error,
  );
  if (outcome instanceof WeatherError) return outcome;
  throw outcome;
}
