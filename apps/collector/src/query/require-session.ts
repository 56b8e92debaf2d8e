import type { FastifyReply, FastifyRequest } from "fastify";
import type { Session, Sessions } from "../accounts/session.ts";
import { sendProblem } from "../http/problem.ts";
import type { SessionCookie } from "./session-cookie.ts";

/** The session of a request, or undefined after the refusal has been sent. */
export type RequireSession = (request: FastifyRequest, reply: FastifyReply) => Promise<Session | undefined>;

/** Reads the session cookie; moves its end on with the session's, and clears it where it opens nothing any more. */
export function createRequireSession(sessions: Sessions, cookie: SessionCookie): RequireSession {
  return async (request, reply) => {
    const token = cookie.read(request);
    const session = token === undefined ? undefined : await sessions.find(token);
    if (token !== undefined && session?.extended) cookie.write(request, reply, token, session.expiresAtMs);
    if (token !== undefined && session === undefined) cookie.clear(request, reply);
    if (session === undefined) sendProblem(reply, "sign-in-required");
    return session;
  };
}
