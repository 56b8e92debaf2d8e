import type { SessionStore } from "../storage/session-store.ts";
import { issueToken, readToken } from "./session-token.ts";

/** A session ends this long after it was last used: 7 days. */
export const SESSION_IDLE_MS = 7 * 86_400_000;
/** A session ends this long after it began, however much it is used: 30 days. */
export const SESSION_LIFETIME_MS = 30 * 86_400_000;
/** The end is moved at most this often, so that reading a page seldom writes: 1 hour. */
const EXTEND_EVERY_MS = 3_600_000;

export interface Session {
  readonly projectId: number;
  readonly projectName: string;
  readonly expiresAtMs: number;
  /** The end has moved: the cookie needs setting again. */
  readonly extended: boolean;
}

export interface OpenedSession {
  readonly sessionToken: string;
  readonly expiresAtMs: number;
}

export interface Sessions {
  /** Uses up the token of an admin link; undefined when it is malformed, unknown, used or expired. */
  open(adminToken: string): Promise<OpenedSession | undefined>;
  /** The session behind a token, its end moved on; undefined when there is none. */
  find(sessionToken: string): Promise<Session | undefined>;
  /** Ends a session; unknown tokens are nothing to end. */
  end(sessionToken: string): Promise<void>;
}

export function createSessions({ sessionStore, now }: { sessionStore: SessionStore; now: () => number }): Sessions {
  return {
    async open(adminToken) {
      const link = readToken(adminToken);
      if (link === undefined) return undefined;
      const nowMs = now();
      const expiresAtMs = nowMs + SESSION_IDLE_MS;
      const session = issueToken(link.projectId);
      if (!(await sessionStore.exchangeAdminLink(link, session.ref, nowMs, expiresAtMs))) return undefined;
      await sessionStore.deleteExpired(link.projectId, nowMs);
      return { sessionToken: session.token, expiresAtMs };
    },

    async find(sessionToken) {
      const ref = readToken(sessionToken);
      if (ref === undefined) return undefined;
      const nowMs = now();
      const stored = await sessionStore.findSession(ref, nowMs);
      if (stored === undefined) return undefined;
      const { projectName, createdAtMs } = stored;
      const movedMs = Math.min(nowMs + SESSION_IDLE_MS, createdAtMs + SESSION_LIFETIME_MS);
      const extended = movedMs - stored.expiresAtMs >= EXTEND_EVERY_MS;
      if (extended) await sessionStore.extendSession(ref, movedMs);
      const expiresAtMs = extended ? movedMs : stored.expiresAtMs;
      return { projectId: ref.projectId, projectName, expiresAtMs, extended };
    },

    async end(sessionToken) {
      const ref = readToken(sessionToken);
      if (ref !== undefined) await sessionStore.deleteSession(ref);
    },
  };
}
