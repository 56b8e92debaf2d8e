import { API_KEY_PATTERN, SIGNING_SECRET_PATTERN } from "@org/mcp-analytics-schema/constants";
import type { ConsentReason, Environment } from "../types.ts";
import { readEndpoint } from "./endpoint.ts";

/** What the rules look at. */
export interface ConsentInput {
  readonly env: Environment;
  readonly enabledByAuthor: boolean;
  /** `ANALYTICS_ENDPOINT`, or the author's default. */
  readonly endpoint: string | undefined;
}

const OFF_VALUES = new Set(["", "0", "false", "off", "no"]);
const ON_VALUES = new Set(["1", "true", "on", "yes"]);

const isSet = (value: string | undefined): boolean =>
  value !== undefined && !OFF_VALUES.has(value.trim().toLowerCase());
const matches = (pattern: string, value: string): boolean => new RegExp(pattern).test(value);

/** The rules in order: the first one that matches decides. The last always does. */
const RULES: readonly (readonly [ConsentReason, (input: ConsentInput) => boolean])[] = [
  ["do-not-track", ({ env }) => isSet(env.DO_NOT_TRACK)],
  // A value that nobody understands counts as a no.
  [
    "disabled",
    ({ env, enabledByAuthor }) =>
      !enabledByAuthor ||
      (env.ANALYTICS_ENABLED !== undefined && !ON_VALUES.has(env.ANALYTICS_ENABLED.trim().toLowerCase())),
  ],
  ["ci", ({ env }) => isSet(env.CI)],
  ["no-key", ({ env }) => !env.ANALYTICS_API_KEY],
  ["bad-key", ({ env }) => !matches(API_KEY_PATTERN, env.ANALYTICS_API_KEY ?? "")],
  ["no-endpoint", ({ endpoint }) => !endpoint],
  ["bad-endpoint", ({ endpoint }) => readEndpoint(endpoint ?? "") === undefined],
  [
    "bad-secret",
    ({ env }) => !!env.ANALYTICS_SIGNING_SECRET && !matches(SIGNING_SECRET_PATTERN, env.ANALYTICS_SIGNING_SECRET),
  ],
  ["debug", ({ env }) => isSet(env.ANALYTICS_DEBUG)],
  ["on", () => true],
];

/** Decides whether anything may be collected, before any id, file, timer or socket exists. */
export function decideConsent(input: ConsentInput): ConsentReason {
  for (const [reason, applies] of RULES) if (applies(input)) return reason;
  return "no-key";
}
