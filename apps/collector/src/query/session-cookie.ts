import type { FastifyReply, FastifyRequest } from "fastify";

/**
 * Name of the session cookie. Over HTTPS the prefix `__Host-` makes browsers refuse one set by a neighbouring host or
 * without `Secure`. Over plain HTTP the port is part of the name, since cookies ignore ports and two collectors may run on
 * one machine.
 */
function cookieName(request: FastifyRequest, isSecure: boolean): string {
  return isSecure ? "__Host-session" : `session-${request.port ?? 80}`;
}

export interface SessionCookie {
  read(request: FastifyRequest): string | undefined;
  write(request: FastifyRequest, reply: FastifyReply, token: string, expiresAtMs: number): void;
  clear(request: FastifyRequest, reply: FastifyReply): void;
}

/** @param publicUrl where browsers reach the collector; decides on HTTPS where the request itself cannot tell */
export function sessionCookie(publicUrl: string | undefined): SessionCookie {
  const isSecure = (request: FastifyRequest) =>
    request.protocol === "https" || publicUrl?.startsWith("https:") === true;
  const options = (request: FastifyRequest) =>
    ({ path: "/", httpOnly: true, sameSite: "strict", secure: isSecure(request) }) as const;

  return {
    read: (request) => request.cookies[cookieName(request, isSecure(request))],
    write(request, reply, token, expiresAtMs) {
      const name = cookieName(request, isSecure(request));
      reply.setCookie(name, token, { ...options(request), expires: new Date(expiresAtMs) });
    },
    clear(request, reply) {
      reply.clearCookie(cookieName(request, isSecure(request)), options(request));
    },
  };
}
