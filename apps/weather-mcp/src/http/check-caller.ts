import type { IncomingHttpHeaders } from "node:http";

/** Names of this machine that a browser or client may use for it. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

export interface CallerRules {
  /** Host names accepted beside loopback, lower case, without port. */
  readonly allowedHosts: readonly string[];
  /** Origins accepted beside loopback, as in "https://app.example". */
  readonly allowedOrigins: readonly string[];
}

/**
 * Why a request is refused; undefined when it is not. A page of another site must not reach a server on this machine,
 * neither under its own name for this address (host) nor from its own origin.
 */
export function refusalOf(headers: IncomingHttpHeaders, rules: CallerRules): string | undefined {
  const host = hostName(headers.host);
  if (host === undefined || ![...LOOPBACK, ...rules.allowedHosts].includes(host)) return "Host not allowed";
  const { origin } = headers;
  if (origin === undefined) return undefined;
  if (rules.allowedOrigins.includes(origin.toLowerCase())) return undefined;
  const originHost = URL.canParse(origin) ? new URL(origin).hostname : undefined;
  return originHost !== undefined && LOOPBACK.includes(originHost) ? undefined : "Origin not allowed";
}

/** The name of a Host header without its port. */
function hostName(host: string | undefined): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/.exec(host?.toLowerCase() ?? "")?.[1];
}
