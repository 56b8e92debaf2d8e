import type { FastifyReply } from "fastify";

export const SECURITY_HEADERS = { "x-content-type-options": "nosniff", "cache-control": "no-store" } as const;

/** On every answer: no guessing of types, no copy kept. A route for files may set its own `Cache-Control`. */
export function setSecurityHeaders(reply: FastifyReply): void {
  reply.headers(SECURITY_HEADERS);
}
