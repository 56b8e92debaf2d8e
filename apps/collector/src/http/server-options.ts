import type { Server } from "node:http";
import type { FastifyHttpOptions } from "fastify";
import { createTrustProxy } from "./client-address.ts";
import { answerClientError } from "./client-error.ts";
import { answerFrameworkError } from "./error-handler.ts";

export interface ServerSettings {
  /** CIDRs of the proxies whose `X-Forwarded-For` is believed; none: the peer's address counts. */
  readonly trustProxy: readonly string[];
}

/**
 * Options of a server that faces hostile clients. Timeouts are ordered: headers < body (`requestTimeout`, 408) < idle
 * connection, so that a slow client gets one response and not two or none.
 */
export function serverOptions({ trustProxy }: ServerSettings) {
  return {
    trustProxy: createTrustProxy(trustProxy),
    bodyLimit: 16 * 1024,
    connectionTimeout: 12_000,
    requestTimeout: 10_000,
    // Node sends a bare 503 to each request beyond; `checkConnection` ends the connection instead.
    maxRequestsPerSocket: 0,
    requestIdHeader: false,
    exposeHeadRoutes: false,
    // Fastify's own 503 is no problem document; `checkConnection` refuses instead.
    return503OnClosing: false,
    routerOptions: {
      caseSensitive: true,
      ignoreTrailingSlash: false,
      ignoreDuplicateSlashes: false,
      maxParamLength: 100,
    },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false } },
    clientErrorHandler: answerClientError,
    frameworkErrors: answerFrameworkError,
    http: {
      headersTimeout: 5_000,
      maxHeaderSize: 8_192,
      connectionsCheckingInterval: 1_000,
      // Node's own 400 is no problem document; `checkConnection` refuses instead.
      requireHostHeader: false,
      insecureHTTPParser: false,
      // A repeated Content-Type, Authorization or X-API-Key must be seen as two, not as the first of them.
      joinDuplicateHeaders: true,
    },
  } as const satisfies FastifyHttpOptions<Server>;
}
