import type { FastifyReply, FastifyRequest } from "fastify";
import type { Session } from "../accounts/session.ts";
import { ProblemError } from "../http/problem.ts";
import type { SessionCookie } from "./session-cookie.ts";
import type { SessionGuard } from "./session-guard.ts";

/**
 * The session of a request.
 *
 * @throws {ProblemError} `sign-in-required`, or `rate-limited` after too many guesses
 */
export type RequireSession = (request: FastifyRequest, reply: FastifyReply) => Promise<Session>;

/** Reads the session cookie, extends it with its session, and clears it when its session is gone. */
export function createRequireSession(guard: SessionGuard, cookie: SessionCookie): RequireSession {
  return async (request, reply) => {
    const token = cookie.read(request);
    const session = token === undefined ? null : await guard.find(request, token);
    if (token !== undefined && session?.extended) cookie.write(request, reply, token, session.expiresAtMs);
    if (token !== undefined && session === null) cookie.clear(request, reply);
    if (session === null) throw new ProblemError("sign-in-required");
    return session;
  };
}
