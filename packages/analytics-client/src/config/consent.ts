import { API_KEY_PATTERN, SIGNING_SECRET_PATTERN } from "@org/mcp-analytics-schema/constants";
import { matches } from "../matches.ts";
import type { AnalyticsOptions, ConsentReason, Environment } from "../types.ts";

const NO = /^(0|false|off|no|)$/i;
const YES = /^(1|true|on|yes)$/i;

const isSet = (value = ""): boolean => !NO.test(value.trim());

/**
 * Decides whether anything may be collected, before any id, file, timer or socket exists. The first rule that matches wins.
 *
 * @param byAuthor `enabled` of the options: false is a no
 * @param endpoint what is configured
 * @param url what became of it; undefined where it cannot be used
 */
export function decideConsent(
  env: Environment,
  byAuthor: AnalyticsOptions["enabled"],
  endpoint: string | undefined,
  url: URL | undefined,
): ConsentReason {
  if (isSet(env.DO_NOT_TRACK)) return "do-not-track";
  // A value that nobody understands counts as a no.
  if (byAuthor === false || !YES.test(env.ANALYTICS_ENABLED?.trim() ?? "1")) return "disabled";
  if (isSet(env.CI)) return "ci";
  if (!env.ANALYTICS_API_KEY) return "no-key";
  if (!matches(API_KEY_PATTERN, env.ANALYTICS_API_KEY)) return "bad-key";
  if (!endpoint) return "no-endpoint";
  if (!url) return "bad-endpoint";
  if (env.ANALYTICS_SIGNING_SECRET && !matches(SIGNING_SECRET_PATTERN, env.ANALYTICS_SIGNING_SECRET))
    return "bad-secret";
  return isSet(env.ANALYTICS_DEBUG) ? "debug" : "on";
}
