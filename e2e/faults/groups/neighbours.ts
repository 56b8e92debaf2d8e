import { BATCH_PATH, MAX_EVENT_AGE_MS } from "@org/mcp-analytics-schema";
import { startFaultProxy } from "@org/services";
import { bytesOf } from "../../attack/stack/buckets.ts";
import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import { witnessed } from "../site/sites.ts";
import { send, statusOf } from "../wire/send.ts";
import type { Batch } from "../wire/sender.ts";
import { until } from "../wire/until.ts";
import { processSite } from "./life-and-death.ts";
import { burst, untilShared } from "./limit-outage.ts";

const LANE = "process";
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const PATIENCE_MS = 1_500;

/** What other people's clocks, networks and versions do to a collector that is well itself. */
export const neighbourFaults: readonly FaultCase[] = [
  fault(
    LANE,
    "CN-1",
    "clients whose clocks are wrong: refused outside the window, in it by the Date of the refusal; zones mean nothing",
    async (sites) => {
      const site = await processSite(sites);
      const replica = await site.start({ env: { TZ: "Australia/Lord_Howe" } });
      for (const [offsetMs, status] of [
        [-2_000, 201],
        [500, 201],
        [2_500, 400],
        [-5 * MINUTE_MS, 400],
        [5 * MINUTE_MS, 400],
        [-DAY_MS, 400],
        [DAY_MS, 400],
      ] as const) {
        const key = await site.key();
        let correctionMs = 0;
        const { sender, holdsTrue } = witnessed(site.sql, () => Date.now() + offsetMs + correctionMs);
        const reply = await sender.single(replica, key);
        hold(reply.status === status, `${offsetMs} ms off is answered ${reply.status} ${reply.code}`);
        const batch = sender.batch(key, 3, true);
        const signed = await sender.sendBatch(replica, batch);
        const expected = status === 201 ? 201 : Math.abs(offsetMs) > MAX_EVENT_AGE_MS ? 401 : 400;
        hold(signed.status === expected, `signed and ${offsetMs} ms off is answered ${signed.status} ${signed.code}`);
        const date = Date.parse(String(reply.headers.date));
        hold(Math.abs(date - Date.now()) < 5_000, `the answer says that it is ${reply.headers.date}`);
        correctionMs = date - (Date.now() + offsetMs);
        const corrected = await sender.sendBatch(replica, sender.batch(key, 3, true));
        hold(corrected.status === 201, `corrected it is answered ${corrected.status} ${corrected.code}`);
        await holdsTrue();
      }
      await replica.close();
    },
  ),

  fault(
    LANE,
    "CN-3e",
    "the network between clients and a collector cut, hung and late: a repeat is taken once, nobody else notices",
    async (sites) => {
      const site = await processSite(sites);
      const replica = await site.start();
      const network = await startFaultProxy(replica.url);
      const { sender, holdsTrue } = witnessed(site.sql);
      const key = await site.key();
      const overNetwork = async (batch: Batch, timeoutMs = PATIENCE_MS) => {
        const url = new URL(BATCH_PATH, network.url).href;
        const reply = await send(url, batch.body, { apiKey: key.apiKey, timeoutMs });
        sender.witness.note(batch.testimony, reply);
        return reply;
      };
      try {
        for (const [what, hurt, heldBack, arrived] of [
          ["cut", () => network.cut(), "lost", false],
          ["cut in the body", () => network.cutAfterBytes(400), "lost", false],
          ["hung", () => network.hang(), "lost", false],
          ["late", () => network.hang("requests"), "delivered", true],
          ["without answers", () => network.hang("answers"), "lost", true],
          ["without an answer after the commit", () => network.cutBeforeAnswer("201 Created"), "lost", true],
        ] as const) {
          const batch = sender.batch(key, 6);
          hurt();
          const lost = await overNetwork(batch);
          hold(lost.status === undefined, `${what}: it is answered ${lost.status}`);
          const beside = await sender.single(replica, key);
          hold(beside.status === 201, `${what}: another client is answered ${beside.status}`);
          await network.restore(heldBack);
          if (arrived) {
            const rows = () => site.sql`SELECT FROM deliveries WHERE delivery_id = ${batch.batchId}`;
            await until(async () => (await rows()).length === 1, `${what}: what was sent does not arrive`);
          }
          const again = await overNetwork(batch, 20_000);
          hold(again.status === 201, `${what}: its repeat is answered ${again.status} ${again.code}`);
          hold(
            (again.json.duplicate === true) === arrived,
            `${what}: its repeat is duplicate: ${again.json.duplicate}`,
          );
        }
      } finally {
        await network.close();
      }
      hold((await statusOf(`${replica.url}/readyz`)) === 200, "it is not ready afterwards");
      await holdsTrue();
      await replica.close();
    },
  ),

  fault(
    LANE,
    "PC-8",
    "beside a newer version, with more tables, columns and numbers in Redis: an older one goes on, and starts",
    async (sites) => {
      const site = await sites.open(sites.servers("calm"));
      const running = await site.start(site.sharedInRedis);
      const { sender, holdsTrue } = witnessed(site.sql);
      const key = await site.key();
      hold((await sender.single(running, key)).status === 201, "the first event is not stored");
      for (const statement of [
        "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('newer', 4102444800000)",
        "CREATE TABLE later (id integer PRIMARY KEY)",
        "ALTER TABLE events_raw ADD COLUMN later integer",
        "ALTER TABLE api_keys ADD COLUMN later text NOT NULL DEFAULT 'later'",
        "ALTER TABLE deliveries ADD COLUMN later integer DEFAULT 1",
      ])
        await site.sql.unsafe(statement);
      const started = await site.start(site.sharedInRedis);
      await untilShared(site, [running, started]);
      for (const replica of [running, started]) {
        const unused = await site.key();
        const batch = sender.batch(unused, 5, true);
        hold((await sender.sendBatch(replica, batch)).status === 201, "a batch is refused");
        const again = await sender.sendBatch(replica === running ? started : running, batch);
        hold(again.json.duplicate === true, "the other one does not know the batch");
        const free = await site.key({ tier: "free" });
        const now = Date.now();
        const bucket = `collector:tokens:{k:${free.projectId}.${free.keyId}}`;
        await site.redis.set(bucket, bytesOf([now, Math.floor(now / DAY_MS), 4, 4, 4, 7, 7]), "PX", DAY_MS);
        const fallbacks = await replica.metric("collector_limiter_fallbacks_total");
        const allowed = await burst(replica, free.apiKey);
        hold(allowed === 6, `${allowed} instead of 6 are let in by a bucket of the newer version`);
        hold((await replica.metric("collector_limiter_fallbacks_total")) === fallbacks, "it counts as an outage");
      }
      await holdsTrue();
      await Promise.all([running.close(), started.close()]);
    },
  ),
];
