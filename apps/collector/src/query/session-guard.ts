import type { FastifyRequest } from "fastify";
import type { OpenedSession, Session, Sessions } from "../accounts/session.ts";
import { isToken } from "../accounts/session-token.ts";
import { BoundedMap } from "../limits/bounded-map.ts";
import type { Refusal } from "../limits/bucket-store.ts";
import type { PageLimiter } from "../limits/page-limiter.ts";

const MAX_KNOWN_SESSIONS = 10_000;

/** Sessions as requests get at them: what is no token costs nothing, and whoever guesses tokens soon gets no more answers. */
export interface SessionGuard {
  /**
   * Uses up a link; `null` when there is none.
   *
   * @param former session of the same browser: it ends, since a session never changes hands
   */
  open(
    request: FastifyRequest,
    adminToken: string,
    former: string | undefined,
  ): Promise<OpenedSession | null | Refusal>;
  /** `null` when there is no such session. */
  find(request: FastifyRequest, sessionToken: string): Promise<Session | null | Refusal>;
  /** Ends a session, if there is one; undefined unless it was refused to look for it. */
  end(request: FastifyRequest, sessionToken: string): Promise<Refusal | undefined>;
}

export function createSessionGuard(sessions: Sessions, { guess }: PageLimiter): SessionGuard {
  // Whoever was signed in a moment ago does not guess, and is not locked out by others who do behind the same address.
  const known = new BoundedMap<string, true>(MAX_KNOWN_SESSIONS);

  async function look(sessionToken: string): Promise<Session | null> {
    const session = await sessions.find(sessionToken);
    if (session === undefined) known.delete(sessionToken);
    else known.set(sessionToken, true);
    return session ?? null;
  }

  async function end(sessionToken: string): Promise<void> {
    known.delete(sessionToken);
    await sessions.end(sessionToken);
  }

  return {
    async open(request, adminToken, former) {
      if (!isToken(adminToken)) return null;
      const opened = await guess(request, async () => (await sessions.open(adminToken)) ?? null);
      if (opened !== null && !("allowed" in opened) && former !== undefined) await end(former);
      return opened;
    },
    async find(request, sessionToken) {
      if (!isToken(sessionToken)) return null;
      if (known.get(sessionToken) === undefined) return guess(request, () => look(sessionToken));
      // One that has ended meanwhile has been looked up in vain, and counts as that.
      return (await look(sessionToken)) ?? guess<Session>(request, async () => null);
    },
    async end(request, sessionToken) {
      const found = await this.find(request, sessionToken);
      if (found === null) return undefined;
      if ("allowed" in found) return found;
      await end(sessionToken);
      return undefined;
    },
  };
}
