import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { sendProblem } from "../http/problem.ts";
import type { UsageStore } from "../storage/usage-store.ts";
import { createFlights } from "./flights.ts";
import type { RequireSession } from "./require-session.ts";
import { canonicalTimeZone } from "./time-zone.ts";
import { readUsageOverview } from "./usage-overview.ts";
import { type UsageOverview, UsageOverviewSchema, UsageQuerySchema } from "./usage-schema.ts";
import { DEFAULT_RANGE, defaultInterval, offersInterval } from "./usage-window.ts";

export interface UsageRouteDeps {
  readonly usageStore: UsageStore;
  readonly requireSession: RequireSession;
  /** days that events are kept */
  readonly rawRetentionDays: number;
  readonly now: () => number;
}

/** `GET /usage`: what the first screen shows, for the project of the session. */
export const usageRoutes: FastifyPluginAsyncTypebox<UsageRouteDeps> = async (app, deps) => {
  const flights = createFlights<UsageOverview>();
  const schema = { querystring: UsageQuerySchema, response: { 200: UsageOverviewSchema } };
  app.get("/usage", { schema }, async (request, reply) => {
    const session = await deps.requireSession(request, reply);
    const { range = DEFAULT_RANGE, interval = defaultInterval(range), tz = "UTC" } = request.query;
    const timeZone = canonicalTimeZone(tz);
    if (timeZone === undefined || !offersInterval(range, interval)) return sendProblem(reply, "bad-request");
    const { projectId } = session;
    const { usageStore, rawRetentionDays, now } = deps;
    return flights(`${projectId} ${range} ${interval} ${timeZone}`, () =>
      readUsageOverview(usageStore, { projectId, rawRetentionDays, range, interval, timeZone, nowMs: now() }),
    );
  });
};
