import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import { witnessed } from "../site/sites.ts";
import { chaos } from "./chaos.ts";
import { Client } from "./client.ts";
import { Random } from "./random.ts";

const CLIENTS = 5;
const FULL_LENGTH_MS = 60_000;

export const historyFaults: readonly FaultCase[] = [
  fault(
    "alone",
    "HC-1",
    `${CLIENTS} clients, random operations, random faults: every 201 stored once, every refusal never, unknown all or nothing`,
    async (sites) => {
      const random = new Random(sites.seed);
      const site = await sites.open(sites.servers("hurt"));
      const first = await site.start(site.sharedInRedis);
      const replicas = [first, await site.start(site.sharedInRedis)];
      const { sender, holdsTrue } = witnessed(site.sql);
      const keys = await site.keys(CLIENTS);
      const clients = keys.map((key) => new Client(sender, replicas, key, random.fork()));
      const endMs = performance.now() + FULL_LENGTH_MS * sites.effort;
      const isOver = () => performance.now() > endMs;
      const troubles = chaos(site, replicas, random.fork(), isOver);
      await Promise.all(clients.map((client) => client.run(isOver)));
      const log = await troubles;
      await site.untilReady(...replicas);
      await Promise.all(clients.map((client) => client.settle()));
      await holdsTrue();
      const [row] = await site.sql<{ batches: number; events: number; accepted: number }[]>`
        SELECT count(*)::int AS batches, sum(accepted)::int AS accepted FROM deliveries`;
      hold((row?.batches ?? 0) > 0, "no batch was stored");
      const said = new Map<string, number>();
      for (const { history } of clients)
        for (const [came, count] of history) said.set(came, (said.get(came) ?? 0) + count);
      const stored = [...said].filter(([came]) => came.endsWith(": 201")).reduce((sum, [, count]) => sum + count, 0);
      hold(stored > CLIENTS && log.length > 3, "hardly anything happened");
      for (const replica of replicas) {
        const unexpected = /"msg":"(?:unexpected error|request failed)"/.exec(replica.process.log);
        hold(unexpected === null, `the log says ${unexpected?.[0]}`);
        await replica.close();
      }
      process.stderr.write(`HC-1: ${sender.witness.count} things sent under ${log.length} faults\n`);
    },
  ),
];
