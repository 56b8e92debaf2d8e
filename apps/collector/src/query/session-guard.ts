import type { FastifyRequest } from "fastify";
import type { OpenedSession, Session, Sessions } from "../accounts/session.ts";
import { isToken } from "../accounts/session-token.ts";
import type { LimitAddress } from "../limits/address-limits.ts";

/**
 * Sessions as requests reach them. A text that is no token costs no look-up. A look-up that finds nothing is a guess, charged
 * to its address after the fact: a guesser never locks out a session or link that exists behind the same address.
 */
export interface SessionGuard {
  /**
   * Uses up a link; `null` when there is none.
   *
   * @param former session of the same browser: it ends, since a session never changes hands
   * @throws {ProblemError} `rate-limited` after too many guesses
   */
  open(request: FastifyRequest, adminToken: string, former: string | undefined): Promise<OpenedSession | null>;
  /**
   * `null` when there is no such session.
   *
   * @throws {ProblemError} `rate-limited` after too many guesses
   */
  find(request: FastifyRequest, sessionToken: string): Promise<Session | null>;
  /**
   * Ends a session, if there is one.
   *
   * @throws {ProblemError} `rate-limited` after too many guesses
   */
  end(request: FastifyRequest, sessionToken: string): Promise<void>;
}

export function createSessionGuard(sessions: Sessions, chargeGuess: LimitAddress): SessionGuard {
  async function chargeMiss<Found>(request: FastifyRequest, found: Found | undefined): Promise<Found | null> {
    if (found === undefined) await chargeGuess(request);
    return found ?? null;
  }

  return {
    async open(request, adminToken, former) {
      if (!isToken(adminToken)) return null;
      const opened = await chargeMiss(request, await sessions.open(adminToken));
      if (opened !== null && former !== undefined) await sessions.end(former);
      return opened;
    },
    async find(request, sessionToken) {
      if (!isToken(sessionToken)) return null;
      return chargeMiss(request, await sessions.find(sessionToken));
    },
    async end(request, sessionToken) {
      const found = await this.find(request, sessionToken);
      if (found !== null) await sessions.end(sessionToken);
    },
  };
}
