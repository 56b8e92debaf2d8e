/**
 * Shows the pages on sample data, for looking at them: `node test/query/show-sample.ts [port] [empty]`.
 * Prints an admin link; ends with Ctrl+C.
 */
import { startServices } from "@org/services";
import fastify from "fastify";
import { createAdminLink } from "../../src/accounts/admin-link.ts";
import { createPages } from "../../src/query/pages.ts";
import { createSessionStore } from "../../src/storage/session-store.ts";
import { createUsageStore } from "../../src/storage/usage-store.ts";
import { sampleCalls } from "./sample-calls.ts";
import { openAddressLimits } from "./support/address-limits.ts";
import { openUsageDatabase } from "./usage-database.ts";

const port = Number(process.argv[2] ?? 3000);
const services = await startServices({ postgres: true });
const database = await openUsageDatabase(services.databaseUrl);
await database.pool.run(({ sql }) => sql`UPDATE projects SET name = 'weather'`);
if (process.argv[3] !== "empty") {
  await database.addCalls(sampleCalls({ endMs: Date.now(), days: 31, perDay: 900, seed: 7 }));
}
const deps = {
  usageStore: createUsageStore(database.pool),
  sessionStore: createSessionStore(database.pool),
  rawRetentionDays: 30,
  now: Date.now,
};
const app = fastify();
const registerPages = createPages({
  ...deps,
  makeKey: () => Promise.reject(new Error("the sample makes no keys")),
  publicUrl: undefined,
});
await app.register(async (pages) => registerPages(pages, await openAddressLimits(pages, Date.now)));
await app.listen({ port, host: "127.0.0.1" });
process.stdout.write(`${(await createAdminLink(deps, { projectId: 1, baseUrl: `http://127.0.0.1:${port}` })).url}\n`);
process.once("SIGTERM", async () => {
  await app.close();
  await database.close();
  await services.stop();
});
