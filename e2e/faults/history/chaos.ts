import { setTimeout as wait } from "node:timers/promises";
import type { Replica } from "../site/replica.ts";
import type { Site } from "../site/site.ts";
import type { Random } from "./random.ts";

interface Trouble {
  readonly name: string;
  hurt(): unknown;
  heal(): unknown;
}

const nothing = () => {};

function storageTroubles(site: Site, random: Random): Trouble[] {
  const { postgres, databaseProxy: network } = site;
  let unlock = nothing;
  let locked: Promise<unknown> = Promise.resolve();
  const healNetwork = () => network.restore(random.pick(["lost", "delivered"] as const));
  return [
    { name: "PostgreSQL ended at once", hurt: () => postgres.crash(), heal: () => postgres.start() },
    { name: "PostgreSQL stopped", hurt: () => postgres.pause(), heal: () => postgres.resume() },
    { name: "network to PostgreSQL cut", hurt: () => network.cut(), heal: healNetwork },
    { name: "network to PostgreSQL hung", hurt: () => network.hang(), heal: healNetwork },
    { name: "answers of PostgreSQL lost", hurt: () => network.hang("answers"), heal: healNetwork },
    { name: "way to PostgreSQL lost", hurt: () => network.hang("requests"), heal: healNetwork },
    { name: "PostgreSQL far away", hurt: () => network.delay(random.between(20, 400)), heal: healNetwork },
    { name: "connection cut after COMMIT", hurt: () => network.cutBeforeAnswer("SELECT 1\0"), heal: healNetwork },
    {
      name: "connection cut in a statement",
      hurt: () => network.cutAfterBytes(random.between(0, 4_000)),
      heal: healNetwork,
    },
    {
      name: "events locked",
      async hurt() {
        await new Promise<void>((held) => {
          locked = site.sql
            .begin(async (transaction) => {
              await transaction.unsafe("LOCK TABLE events_raw IN ACCESS EXCLUSIVE MODE");
              held();
              await new Promise<void>((resolve) => {
                unlock = resolve;
              });
            })
            .catch(nothing)
            .finally(held);
        });
      },
      async heal() {
        unlock();
        await locked;
      },
    },
  ];
}

function redisTroubles({ servers, redis, redisProxy }: Site): Trouble[] {
  return [
    { name: "Redis killed", hurt: () => servers.redis.crash(), heal: () => servers.redis.start() },
    { name: "Redis stopped", hurt: () => servers.redis.pause(), heal: () => servers.redis.resume() },
    { name: "Redis emptied", hurt: () => redis.flushall(), heal: nothing },
    { name: "network to Redis hung", hurt: () => redisProxy.hang(), heal: () => redisProxy.restore() },
    { name: "network to Redis cut", hurt: () => redisProxy.cut(), heal: () => redisProxy.restore() },
  ];
}

function replicaTroubles(replicas: readonly Replica[], random: Random): Trouble[] {
  const one = () => random.pick(replicas);
  let victim = one();
  const choose = () => {
    victim = one();
    return victim;
  };
  const again = async () => {
    victim.process.launch();
    await victim.process.untilAlive();
  };
  return [
    { name: "a replica killed", hurt: () => choose().process.kill(), heal: again },
    { name: "a replica restarted", hurt: () => choose().process.stop(), heal: again },
    { name: "a replica blocked", hurt: () => choose().tell({ blockMs: random.between(100, 1_500) }), heal: nothing },
  ];
}

/** One trouble after the other until it is over; everything is well again when it resolves. */
async function trouble(
  troubles: readonly Trouble[],
  random: Random,
  mostMs: number,
  isOver: () => boolean,
  log: string[],
): Promise<void> {
  while (!isOver()) {
    await wait(random.between(200, 900));
    const one = random.pick(troubles);
    log.push(one.name);
    await one.hurt();
    await wait(random.between(50, mostMs));
    await one.heal();
  }
}

/** Random troubles with storage, Redis and the collectors, three at a time. Resolves with what happened. */
export async function chaos(
  site: Site,
  replicas: readonly Replica[],
  random: Random,
  isOver: () => boolean,
): Promise<string[]> {
  const log: string[] = [];
  const [storage, redis, own] = [random.fork(), random.fork(), random.fork()];
  await Promise.all([
    trouble(storageTroubles(site, storage), storage, 2_500, isOver, log),
    trouble(redisTroubles(site), redis, 3_000, isOver, log),
    trouble(replicaTroubles(replicas, own), own, 800, isOver, log),
  ]);
  return log;
}
