import type { AnalyticsOptions, ConsentReason, Level } from "../types.ts";
import { decideConsent } from "./consent.ts";
import { readEndpoint } from "./endpoint.ts";

/** The settings of one client, resolved once. */
export interface Config {
  /** `on`, `debug` (payloads are printed instead of sent), or why analytics is off. */
  readonly reason: ConsentReason;
  readonly level: Level;
  readonly apiKey: string | undefined;
  readonly signingSecret: string | undefined;
  /** The batch route. */
  readonly url: URL | undefined;
}

/** Reads the environment: the only place of this package that looks at `process.env`. */
export function readConfig({ env = process.env, ...options }: AnalyticsOptions): Config {
  const endpoint = env.ANALYTICS_ENDPOINT || options.endpoint;
  const url = readEndpoint(endpoint ?? "");
  return {
    reason: decideConsent(env, options.enabled, endpoint, url),
    // Every other value means the least: a typing error must not send more than was asked for.
    level: env.ANALYTICS_LEVEL === "standard" ? "standard" : "minimal",
    apiKey: env.ANALYTICS_API_KEY,
    signingSecret: env.ANALYTICS_SIGNING_SECRET,
    url,
  };
}
