import { createDatabase } from "@org/services";
import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import { witnessed } from "../site/sites.ts";
import { statusOf } from "../wire/send.ts";
import { until } from "../wire/until.ts";
import { type StorageOutage, type StorageSite, storageSite, survivesWithout } from "./storage-outage.ts";
import { takenConnections } from "./taken-connections.ts";

const LANE = "postgres";
/** Stands for a key that this side did not make. */
const KEY_OF_NOBODY = {
  hash: "",
  signingSecret: undefined,
  projectId: 0,
  keyId: 0,
  apiKeyId: "",
  tier: "free",
} as const;
/** A look-up is given up after 2 s, a flush after 3 s; one may wait for another before it. */
const HUNG_ANSWER_MS = 7_000;
const ANSWER_MS = 5_500;

const outage = (id: string, what: string, of: (storage: StorageSite) => StorageOutage): FaultCase =>
  fault(LANE, id, `${what}: 503 and /readyz says so, each 201 is stored once, no restart needed`, async (sites) => {
    const storage = await storageSite(sites);
    await survivesWithout(storage, of(storage));
  });

export const postgresFaults: readonly FaultCase[] = [
  fault(
    LANE,
    "PF-1",
    "PostgreSQL down at start: alive, not ready, 503; works without a restart once it is up",
    async (sites) => {
      const { site, replicas } = await storageSite(sites);
      const { url, drop } = await createDatabase(site.databaseUrl);
      await site.postgres.crash();
      const replica = await site.prepare({ databaseUrl: url });
      const { sender } = witnessed(site.sql);
      try {
        replica.process.launch();
        await until(async () => (await statusOf(`${replica.url}/livez`)) === 200, "it does not come to life");
        hold((await statusOf(`${replica.url}/readyz`)) === 503, "it says that it is ready");
        const reply = await sender.single(replica, { ...KEY_OF_NOBODY, apiKey: `wmc_${"0".repeat(64)}` });
        hold(reply.status === 503 && reply.headers["retry-after"] !== undefined, `it answers ${reply.status}`);
      } finally {
        await site.postgres.start();
      }
      const tookMs = await until(
        async () => (await statusOf(`${replica.url}/readyz`)) === 200,
        "it does not get ready",
      );
      hold(tookMs <= 5_000, `it took ${Math.round(tookMs)} ms to make its tables and get ready`);
      const created = JSON.parse(await replica.process.cli("keys", "create", "--json")) as { key: string };
      const stored = await sender.single(replica, { ...KEY_OF_NOBODY, apiKey: created.key });
      hold(stored.status === 201, `the first event is answered ${stored.status}`);
      await replica.close();
      await drop();
      await site.untilReady(...replicas);
    },
  ),

  outage("PF-2", "PostgreSQL ended at once under load", ({ site }) => ({
    hurt: () => site.postgres.crash(),
    heal: () => site.postgres.start(),
    answerMs: HUNG_ANSWER_MS,
  })),

  outage("PF-4", "PostgreSQL stopped where it stands", ({ site }) => ({
    hurt: () => site.postgres.pause(),
    heal: () => site.postgres.resume(),
    lastsMs: 5_000,
    answerMs: HUNG_ANSWER_MS,
  })),

  outage("PF-4a", "two seconds of latency to PostgreSQL", ({ site }) => ({
    hurt: () => site.databaseProxy.delay(1_000),
    heal: () => site.databaseProxy.restore(),
    refuses: false,
    answerMs: HUNG_ANSWER_MS,
  })),

  outage("CN-3b", "the network to PostgreSQL cut", ({ site }) => ({
    hurt: () => site.databaseProxy.cut(),
    heal: () => site.databaseProxy.restore(),
    answerMs: ANSWER_MS,
  })),

  outage("CN-3c", "only the answers of PostgreSQL lost", ({ site }) => ({
    hurt: () => site.databaseProxy.hang("answers"),
    heal: () => site.databaseProxy.restore(),
    answerMs: HUNG_ANSWER_MS,
  })),

  outage("CN-3d", "only the way to PostgreSQL lost, what was sent arriving late", ({ site }) => ({
    hurt: () => site.databaseProxy.hang("requests"),
    heal: () => site.databaseProxy.restore("delivered"),
    answerMs: HUNG_ANSWER_MS,
  })),

  outage("PF-7", "every connection of PostgreSQL taken", (storage) => takenConnections(storage)),

  outage("PF-7a", "PostgreSQL read-only", ({ site }) => {
    const set = (value: string) => async () => {
      await site.sql.unsafe(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
      await site.sql.unsafe("SELECT pg_reload_conf()");
    };
    return { hurt: set("on"), heal: set("off"), answerMs: ANSWER_MS };
  }),
];
