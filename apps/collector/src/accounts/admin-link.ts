import type { SessionStore } from "../storage/session-store.ts";
import { issueToken } from "./session-token.ts";

/** How long an admin link can be used: 24 hours. */
export const ADMIN_LINK_LIFETIME_MS = 24 * 3_600_000;

export interface AdminLink {
  /** Signs in whoever opens it first. The token stands in the fragment, which no browser sends to a server. */
  readonly url: string;
  readonly expiresAtMs: number;
}

/**
 * Makes a link that opens one session on the dashboard of a project, once, within 24 hours.
 *
 * @param baseUrl where a browser reaches the collector, with or without a final slash
 */
export async function createAdminLink(
  deps: { readonly sessionStore: SessionStore; readonly now: () => number },
  { projectId, baseUrl }: { readonly projectId: number; readonly baseUrl: string },
): Promise<AdminLink> {
  const nowMs = deps.now();
  const expiresAtMs = nowMs + ADMIN_LINK_LIFETIME_MS;
  const { token, ref } = issueToken(projectId);
  await deps.sessionStore.deleteExpired(projectId, nowMs);
  await deps.sessionStore.addAdminLink(ref, nowMs, expiresAtMs);
  return { url: `${baseUrl.replace(/\/+$/, "")}/#sign-in=${token}`, expiresAtMs };
}
