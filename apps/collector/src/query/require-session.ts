import type { FastifyReply, FastifyRequest } from "fastify";
import type { Session } from "../accounts/session.ts";
import { sendProblem } from "../http/problem.ts";
import { sendRefusal } from "../limits/send-refusal.ts";
import type { SessionCookie } from "./session-cookie.ts";
import type { SessionGuard } from "./session-guard.ts";

/** The session of a request, or undefined after the refusal has been sent. */
export type RequireSession = (request: FastifyRequest, reply: FastifyReply) => Promise<Session | undefined>;

/** Reads the session cookie; moves its end on with the session's, and clears it where it opens nothing any more. */
export function createRequireSession(guard: SessionGuard, cookie: SessionCookie): RequireSession {
  return async (request, reply) => {
    const token = cookie.read(request);
    const session = token === undefined ? null : await guard.find(request, token);
    if (session !== null && "allowed" in session) {
      sendRefusal(reply, session);
      return undefined;
    }
    if (token !== undefined && session?.extended) cookie.write(request, reply, token, session.expiresAtMs);
    if (token !== undefined && session === null) cookie.clear(request, reply);
    if (session === null) sendProblem(reply, "sign-in-required");
    return session ?? undefined;
  };
}
