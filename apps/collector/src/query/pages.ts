import fastifyCookie from "@fastify/cookie";
import type { FastifyInstance } from "fastify";
import { createSessions } from "../accounts/session.ts";
import { sendProblem } from "../http/problem.ts";
import type { AddressLimits } from "../limits/address-limits.ts";
import type { SessionStore } from "../storage/session-store.ts";
import type { UsageStore } from "../storage/usage-store.ts";
import { dashboardFolder, serveDashboard } from "./dashboard-files.ts";
import { type KeyRouteDeps, keyRoutes } from "./key-routes.ts";
import { createRequireSession } from "./require-session.ts";
import { isSameOrigin } from "./same-origin.ts";
import { sessionCookie } from "./session-cookie.ts";
import { createSessionGuard } from "./session-guard.ts";
import { sessionRoutes } from "./session-routes.ts";
import { usageRoutes } from "./usage-routes.ts";

export interface PagesDeps {
  readonly usageStore: UsageStore;
  readonly sessionStore: SessionStore;
  /** days that events are kept */
  readonly rawRetentionDays: number;
  readonly now: () => number;
  readonly makeKey: KeyRouteDeps["makeKey"];
  /** where browsers reach the collector; undefined: at the `Host` they send */
  readonly publicUrl: string | undefined;
  /** see `UsageRouteDeps` */
  readonly usageDeadlineMs?: number | undefined;
  /** of the built dashboard; found by itself where none is given */
  readonly folder?: string | undefined;
}

/** The dashboard and the read API behind it, as a plugin of its own beside ingest. */
export function createPages({
  usageStore,
  sessionStore,
  rawRetentionDays,
  now,
  makeKey,
  publicUrl,
  usageDeadlineMs,
  ...deps
}: PagesDeps) {
  return async function registerPages(app: FastifyInstance, limits: AddressLimits): Promise<void> {
    const guard = createSessionGuard(createSessions({ sessionStore, now }), limits.unknownTokens);
    const cookie = sessionCookie(publicUrl);
    const requireSession = createRequireSession(guard, cookie);

    // Files, too: each costs little, and a flood of them costs much.
    app.addHook("onRequest", limits.pages);

    await app.register(
      async (api) => {
        await api.register(fastifyCookie);
        api.addHook("onRequest", async (request, reply) => {
          if (!isSameOrigin(request, publicUrl)) return sendProblem(reply, "forbidden");
          reply.header("cache-control", "no-store");
        });
        await api.register(sessionRoutes, { guard, cookie, requireSession });
        await api.register(keyRoutes, { requireSession, makeKey });
        await api.register(usageRoutes, { usageStore, requireSession, rawRetentionDays, now, usageDeadlineMs });
      },
      { prefix: "/api/v1" },
    );

    const { folder = dashboardFolder() } = deps;
    if (folder === undefined) app.log.warn("The dashboard has not been built: only its API is served");
    else await serveDashboard(app, folder);
  };
}
