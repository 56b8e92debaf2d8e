import type { FastifyRequest } from "fastify";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}

/**
 * Whether a request may change something: it reads only, or the page that sent it came from this collector. Browsers name
 * the origin on every write, so a write without one is refused too.
 *
 * @param publicUrl where browsers reach the collector, when that differs from the `Host` it sees
 */
export function isSameOrigin(request: FastifyRequest, publicUrl: string | undefined): boolean {
  if (SAFE_METHODS.has(request.method)) return true;
  const { origin, "sec-fetch-site": site } = request.headers;
  if (origin === undefined || (site !== undefined && site !== "same-origin")) return false;
  if (publicUrl !== undefined && origin === new URL(publicUrl).origin) return true;
  // Only the host is compared: behind a proxy that ends TLS the collector itself is reached by plain HTTP.
  const host = hostOf(origin);
  return host !== undefined && host === request.headers.host;
}
