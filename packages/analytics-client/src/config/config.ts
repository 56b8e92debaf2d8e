import type { AnalyticsOptions, ConsentReason, Level } from "../types.ts";
import { decideConsent } from "./consent.ts";
import { readEndpoint } from "./endpoint.ts";

/** The settings of one client, resolved once. */
export type Config = OffConfig | OnConfig;

export interface OffConfig {
  readonly on: false;
  readonly reason: ConsentReason;
  readonly level: Level;
}

export interface OnConfig {
  readonly on: true;
  /** `debug`: payloads are printed instead of sent. */
  readonly reason: "on" | "debug";
  readonly level: Level;
  readonly apiKey: string;
  readonly signingSecret: string | undefined;
  /** The batch route. */
  readonly url: URL;
}

/** Reads the environment: the only place of this package that looks at `process.env`. */
export function readConfig(options: AnalyticsOptions = {}): Config {
  const env = options.env ?? process.env;
  const endpoint = env.ANALYTICS_ENDPOINT || options.endpoint;
  const reason = decideConsent({ env, endpoint, enabledByAuthor: options.enabled !== false });
  // Every other value means the least: a typing error must not send more than was asked for.
  const level: Level = env.ANALYTICS_LEVEL === "standard" ? "standard" : "minimal";
  const url = readEndpoint(endpoint ?? "");
  if ((reason !== "on" && reason !== "debug") || !url) return { on: false, reason, level };
  return {
    on: true,
    reason,
    level,
    apiKey: env.ANALYTICS_API_KEY ?? "",
    signingSecret: env.ANALYTICS_SIGNING_SECRET || undefined,
    url,
  };
}

/** What to tell someone whose settings ask for analytics but cannot work; never repeats a value. */
export const CONFIG_FAULTS: Partial<Record<ConsentReason, string>> = {
  "bad-key": "off: ANALYTICS_API_KEY is not a key (wmc_ and 64 hex digits)",
  "no-endpoint": "off: ANALYTICS_ENDPOINT is not set",
  "bad-endpoint": "off: ANALYTICS_ENDPOINT must be an https URL ending in /v1/events (http only to this machine)",
  "bad-secret": "off: ANALYTICS_SIGNING_SECRET is not a signing secret (wms_ and 64 hex digits)",
};
