import { BATCH_PATH_SUFFIX } from "@org/mcp-analytics-schema/constants";

/** https anywhere, plain http only to this machine; no user name, query or fragment. */
const USABLE = /^(https:\/\/(?!\/)|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(?=[:/]))[^@?#]*\/v1\/events$/i;

/**
 * The batch route of the collector named by `ANALYTICS_ENDPOINT` (which ends in `/v1/events`); undefined where the value is
 * no such URL, or would send the key in the clear over a network.
 */
export function readEndpoint(value: string): URL | undefined {
  const url = value + BATCH_PATH_SUFFIX;
  return USABLE.test(value) && URL.canParse(url) ? new URL(url) : undefined;
}
