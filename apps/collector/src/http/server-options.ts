import type { Server } from "node:http";
import type { FastifyHttpOptions } from "fastify";
import { answerClientError } from "./client-error.ts";
import { answerFrameworkError } from "./error-handler.ts";

export interface ServerSettings {
  /** CIDRs of the proxies whose `X-Forwarded-For` is believed; none: the address of the connection counts. */
  readonly trustProxy: readonly string[];
}

/**
 * Options of a server that faces hostile clients. Timeouts are ordered: headers < body (`requestTimeout`, answered 408) <
 * idle connection, so that a slow client gets one answer and not two or none.
 */
export function serverOptions({ trustProxy }: ServerSettings) {
  return {
    trustProxy: trustProxy.length === 0 ? false : [...trustProxy],
    bodyLimit: 16 * 1024,
    connectionTimeout: 12_000,
    requestTimeout: 10_000,
    // `connectionTimeout` ends connections that are idle between requests, too; Node would else make two timers a request.
    keepAliveTimeout: 0,
    // Node would answer what is beyond with a bare 503; `countOnConnection` ends the connection instead.
    maxRequestsPerSocket: 0,
    requestIdHeader: false,
    exposeHeadRoutes: false,
    // Fastify's own 503 is no problem document; `openServer` answers instead.
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
      // Node would answer without a problem; `isHost` decides instead.
      requireHostHeader: false,
      insecureHTTPParser: false,
      // A repeated Content-Type, Authorization or X-API-Key must be seen as two, not as the first of them.
      joinDuplicateHeaders: true,
    },
  } as const satisfies FastifyHttpOptions<Server>;
}
