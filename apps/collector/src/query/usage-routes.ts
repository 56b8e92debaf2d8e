import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { sendProblem } from "../http/problem.ts";
import type { UsageStore } from "../storage/usage-store.ts";
import { createFlights } from "./flights.ts";
import type { RequireSession } from "./require-session.ts";
import { canonicalTimeZone } from "./time-zone.ts";
import { readUsageOverview } from "./usage-overview.ts";
import { type UsageOverview, UsageOverviewSchema, UsageQuerySchema } from "./usage-schema.ts";
import { DEFAULT_RANGE, defaultInterval, offersInterval } from "./usage-window.ts";

/**
 * The session, the counts and the first name are read one after the other, each within the deadline of the read pool (9 s).
 * Their sum has to end before the server cuts the connection (12 s).
 */
const DEFAULT_DEADLINE_MS = 10_500;

export interface UsageRouteDeps {
  readonly usageStore: UsageStore;
  readonly requireSession: RequireSession;
  /** days that events are kept */
  readonly rawRetentionDays: number;
  readonly now: () => number;
  /** Milliseconds from the start of a request to its 503, greater than 0; default 10,500. */
  readonly usageDeadlineMs?: number | undefined;
}

/**
 * `GET /usage`: the first screen of the project of the session. A request that passes its deadline gets 503 `overloaded`;
 * its flight continues for the other readers.
 */
export const usageRoutes: FastifyPluginAsyncTypebox<UsageRouteDeps> = async (app, deps) => {
  const flights = createFlights<UsageOverview>();
  const schema = { querystring: UsageQuerySchema, response: { 200: UsageOverviewSchema } };
  const { usageDeadlineMs: handlerTimeout = DEFAULT_DEADLINE_MS } = deps;
  app.get("/usage", { schema, handlerTimeout }, async (request, reply) => {
    const session = await deps.requireSession(request, reply);
    const { range = DEFAULT_RANGE, interval = defaultInterval(range), tz = "UTC" } = request.query;
    const timeZone = canonicalTimeZone(tz);
    if (timeZone === undefined || !offersInterval(range, interval)) return sendProblem(reply, "bad-request");
    const { projectId } = session;
    const { usageStore, rawRetentionDays, now } = deps;
    return flights(projectId, `${range} ${interval} ${timeZone}`, () =>
      readUsageOverview(usageStore, { projectId, rawRetentionDays, range, interval, timeZone, nowMs: now() }),
    );
  });
};
