import { Redis } from "ioredis";
import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import { type Sites, witnessed } from "../site/sites.ts";
import { send } from "../wire/send.ts";
import { until } from "../wire/until.ts";
import { burst, type LimitSite, limitSite, type Outage, survives, untilAlone, untilShared } from "./limit-outage.ts";

// What else goes on at the same time would be measured as well.
const LANE = "alone";
const BURST = 10;

const outage = (id: string, what: string, of: (limits: LimitSite) => Outage): FaultCase =>
  fault(
    LANE,
    id,
    `${what}: nothing is refused or slow for it, each process counts, over within 10 s`,
    async (sites) => {
      const limits = await limitSite(sites);
      await survives(limits, of(limits));
    },
  );

const bucketKey = ({ projectId, keyId }: { projectId: number; keyId: number }) =>
  `collector:tokens:{k:${projectId}.${keyId}}`;

export const redisFaults: readonly FaultCase[] = [
  fault(
    LANE,
    "RF-1",
    "Redis down at start: ready all the same, each process counts; shared once it is up",
    async (sites) => {
      const { site } = await limitSite(sites);
      const replica = await site.prepare(site.sharedInRedis);
      await site.redisProxy.cut();
      try {
        await replica.process.start();
        await untilAlone(site, [replica]);
        const { apiKey } = await site.key({ tier: "free" });
        hold((await burst(replica, apiKey)) === BURST, "limits do not hold without Redis");
      } finally {
        await site.redisProxy.restore();
      }
      await untilShared(site, [replica]);
      const key = await site.key({ tier: "free" });
      await burst(replica, key.apiKey, 1);
      hold((await site.redis.exists(bucketKey(key))) === 1, "limits are not counted in Redis once it is up");
      await replica.close();
    },
  ),

  outage("RF-2", "Redis killed under load", ({ site }) => ({
    hurt: () => site.servers.redis.crash(),
    heal: () => site.servers.redis.start(),
  })),

  outage("RF-3", "Redis stopped where it stands", ({ site }) => ({
    hurt: () => site.servers.redis.pause(),
    heal: () => site.servers.redis.resume(),
  })),

  outage("RF-4", "half a second of latency to Redis", ({ site }) => ({
    hurt: () => site.redisProxy.delay(250),
    heal: () => site.redisProxy.restore(),
  })),

  outage("RF-4a", "one piece in twenty to and from Redis lost at first", ({ site }) => ({
    hurt: () => site.redisProxy.delay(0, { share: 0.05, extraMs: 200 }),
    heal: () => site.redisProxy.restore(),
    opensBreaker: false,
  })),

  outage("RF-4b", "connections to Redis half open", ({ site }) => ({
    hurt: () => site.redisProxy.hang(),
    heal: () => site.redisProxy.restore(),
  })),

  outage("CN-3", "only the answers of Redis lost", ({ site }) => ({
    hurt: () => site.redisProxy.hang("answers"),
    heal: () => site.redisProxy.restore("delivered"),
  })),

  outage("CN-3a", "only the way to Redis lost, what was sent arriving late", ({ site }) => ({
    hurt: () => site.redisProxy.hang("requests"),
    heal: () => site.redisProxy.restore("delivered"),
  })),

  outage("RF-6", "Redis out of memory", ({ site }) => ({
    hurt: () => site.redis.config("SET", "maxmemory", "1"),
    heal: () => site.redis.config("SET", "maxmemory", "0"),
  })),

  outage("RF-6a", "Redis read-only", ({ site }) => ({
    hurt: () => site.redis.call("REPLICAOF", "127.0.0.1", "1"),
    heal: () => site.redis.call("REPLICAOF", "NO", "ONE"),
  })),

  fault(
    LANE,
    "RF-5",
    "FLUSHALL: buckets are full once more, and only once; what was stored stays a duplicate",
    async (sites) => {
      const { site, sharing } = await limitSite(sites);
      await untilShared(site, sharing);
      const [one, other] = sharing;
      const { sender, holdsTrue } = witnessed(site.sql);
      const free = await site.key({ tier: "free" });
      const key = await site.key();
      hold((await burst(one, free.apiKey)) === BURST, "the burst is not held");
      const batch = sender.batch(key, 7, true);
      hold((await sender.sendBatch(one, batch)).status === 201, "a batch is not stored");
      const signed = { apiKey: key.apiKey, signingSecret: key.signingSecret, signedAtMs: Date.now() };
      const single = JSON.stringify({ tool: "signed", success: true, timestamp: Date.now() });
      hold((await send(one.process.eventsUrl, single, signed)).status === 201, "a signed event is not stored");
      await site.redis.flushall();
      const allowed = (await Promise.all(sharing.map((replica) => burst(replica, free.apiKey)))).reduce(
        (a, b) => a + b,
      );
      hold(allowed === BURST, `${allowed} instead of ${BURST} are let in after FLUSHALL`);
      const again = await sender.sendBatch(other, batch);
      hold(
        again.status === 201 && again.json.duplicate === true,
        `the batch is answered ${again.status} after FLUSHALL`,
      );
      const replayed = await send(other.process.eventsUrl, single, signed);
      hold(replayed.code === "signature-replayed", `the signed event is answered ${replayed.status} after FLUSHALL`);
      await holdsTrue();
    },
  ),

  fault(LANE, "RF-5a", "SCRIPT FLUSH: the script is sent again, buckets stay as they are", async (sites) => {
    const { site, sharing } = await limitSite(sites);
    await untilShared(site, sharing);
    const { apiKey } = await site.key({ tier: "free" });
    hold((await burst(sharing[0], apiKey, 5)) === 5, "a burst of five is not let in");
    const fallbacks = await sharing[1].metric("collector_limiter_fallbacks_total");
    await site.redis.script("FLUSH");
    hold((await burst(sharing[1], apiKey)) === 5, "what was taken before is forgotten");
    hold((await sharing[1].metric("collector_limiter_fallbacks_total")) === fallbacks, "it counts as an outage");
  }),

  fault(
    LANE,
    "RF-7",
    "failover to a replica that missed writes: at most one more capacity, and nothing is refused for it",
    async (sites) => {
      const { site, sharing } = await limitSite(sites);
      const spare = await sites.servers("second redis");
      const standby = new Redis(spare.redisUrl);
      try {
        const { port, password } = new URL(site.servers.redisUrl);
        const ours = new URL(spare.redisUrl);
        await standby.config("SET", "masterauth", password);
        await standby.call("REPLICAOF", "127.0.0.1", port);
        await until(
          async () => /master_link_status:up/.test(await standby.info("replication")),
          "the replica does not follow",
        );
        await untilShared(site, sharing);
        const key = await site.key({ tier: "free" });
        hold((await burst(sharing[0], key.apiKey, 5)) === 5, "a burst of five is not let in");
        await until(async () => (await standby.exists(bucketKey(key))) === 1, "the replica does not hear of it");
        await standby.call("REPLICAOF", "NO", "ONE");
        hold((await burst(sharing[1], key.apiKey, 5)) === 5, "five more are not let in");
        // Clients sign in with the password of the primary: a failover keeps it.
        await standby.config("SET", "requirepass", password);
        site.redisProxy.retarget(spare.redisUrl);
        hold(ours.port !== port, "there is only one Redis");
        await untilShared(site, sharing);
        await until(async () => {
          const probe = await site.key();
          await burst(sharing[0], probe.apiKey, 1);
          return (await standby.exists(bucketKey(probe))) === 1;
        }, "the new primary is not used");
        const allowed = await burst(sharing[0], key.apiKey);
        hold(allowed <= BURST, `${allowed} more are let in after the failover`);
      } finally {
        standby.disconnect();
        site.redisProxy.retarget(site.servers.redisUrl);
      }
      await untilShared(site, sharing);
    },
  ),

  fault(LANE, "RF-8", "after an outage nothing stale is carried out, and nobody storms Redis", async (sites) => {
    const { site, sharing } = await limitSite(sites);
    await untilShared(site, sharing);
    const outageKeys = await site.keys(20);
    await site.servers.redis.crash();
    try {
      await untilAlone(site, sharing);
      for (const replica of sharing) await Promise.all(outageKeys.map(({ apiKey }) => burst(replica, apiKey, 10)));
    } finally {
      await site.servers.redis.start();
    }
    await untilShared(site, sharing);
    const stale = await site.redis.exists(...outageKeys.map(bucketKey));
    hold(stale === 0, `${stale} keys of the outage are charged in Redis after it`);
    const connections = Number(/total_connections_received:(\d+)/.exec(await site.redis.info("stats"))?.[1]);
    hold(connections <= 12, `${connections} connections were made for two collectors`);
  }),

  fault(
    LANE,
    "RF-9",
    "limits in PostgreSQL: shared by replicas; a locked table is an outage like any other",
    async (sites: Sites) => {
      const { site } = await limitSite(sites);
      const env = { LIMIT_STORE: "postgres" };
      const replicas = await Promise.all([site.start({ env }), site.start({ env })]);
      const [one, other] = replicas as [(typeof replicas)[0], (typeof replicas)[0]];
      await untilShared(site, replicas);
      const { apiKey } = await site.key({ tier: "free" });
      const shared = (await Promise.all(replicas.map((replica) => burst(replica, apiKey)))).reduce((a, b) => a + b);
      hold(shared === BURST, `${shared} instead of ${BURST} are let in by two replicas`);
      await site.sql.begin(async (transaction) => {
        await transaction.unsafe("LOCK TABLE limit_buckets IN ACCESS EXCLUSIVE MODE");
        await untilAlone(site, replicas);
        for (const replica of [one, other]) {
          const free = await site.key({ tier: "free" });
          hold((await burst(replica, free.apiKey)) === BURST, "limits do not hold while the table is locked");
        }
      });
      await untilShared(site, replicas);
      await Promise.all(replicas.map((replica) => replica.close()));
    },
  ),
];
