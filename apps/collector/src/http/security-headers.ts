import type { FastifyReply } from "fastify";

/** On every answer: no guessing of types, no copy kept. A route for files may set its own `Cache-Control`. */
export function setSecurityHeaders(reply: FastifyReply): void {
  reply.header("x-content-type-options", "nosniff").header("cache-control", "no-store");
}
