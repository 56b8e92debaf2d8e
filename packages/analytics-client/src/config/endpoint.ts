import { BATCH_PATH_SUFFIX, EVENTS_PATH } from "@org/mcp-analytics-schema/constants";

/** 127.0.0.0/8, ::1 and localhost: the only places where plain http is allowed. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The batch route of the collector named by `ANALYTICS_ENDPOINT` (which ends in `/v1/events`), or undefined where the value
 * is no such URL, carries a user name, query or fragment, or would send the key in the clear over a network.
 */
export function readEndpoint(value: string): URL | undefined {
  if (!URL.canParse(value)) return undefined;
  const url = new URL(value);
  const secure = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname));
  if (!secure || url.username || url.password || url.search || url.hash || !url.pathname.endsWith(EVENTS_PATH)) {
    return undefined;
  }
  url.pathname += BATCH_PATH_SUFFIX;
  return url;
}
