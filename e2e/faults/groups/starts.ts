import { randomBytes } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { freePort } from "@org/services";
import { endpointOf } from "../../attack/wire/endpoint.ts";
import { RawConnection } from "../../attack/wire/raw-connection.ts";
import { hold } from "../../src/cases/run-cases.ts";
import { type FaultCase, fault } from "../fault-case.ts";
import type { Replica } from "../site/replica.ts";
import { send, statusOf } from "../wire/send.ts";
import { until } from "../wire/until.ts";
import { processSite } from "./life-and-death.ts";

const LANE = "process";
/** A stop that waits for nothing: one round of the check for unused connections, and what the process itself takes. */
const STOP_MS = 1_500;
const OBSERVED_MS = 4_000;

const linesWith = ({ process: { log } }: Replica, text: string) =>
  log.split("\n").filter((line) => line.includes(text));

/** A server that closes each connection at once. */
async function startClosingServer(): Promise<{ readonly url: string; count(): number; close(): Promise<void> }> {
  let connections = 0;
  const server: Server = createServer((socket: Socket) => {
    connections++;
    socket.destroy();
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `postgres://collector@127.0.0.1:${port}/collector`,
    count: () => connections,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export const startFaults: readonly FaultCase[] = [
  fault(LANE, "C-3", "a PostgreSQL that closes each connection: a few connects a second, and 503", async (sites) => {
    const site = await processSite(sites);
    const closing = await startClosingServer();
    const replica = await site.prepare({ databaseUrl: closing.url });
    replica.process.launch();
    await until(async () => (await statusOf(`${replica.url}/livez`)) === 200, "it does not listen", 30_000);
    const before = closing.count();
    const startMs = performance.now();
    while (performance.now() - startMs < OBSERVED_MS) {
      hold((await statusOf(`${replica.url}/readyz`)) === 503, "it says that it is ready");
      const { status } = await send(replica.process.eventsUrl, "{}", { apiKey: `wmc_${"0".repeat(64)}` });
      hold(status === 503, `an event is answered ${status}`);
    }
    const perSecond = ((closing.count() - before) * 1_000) / (performance.now() - startMs);
    // Four a second and pool; five pools and the migration have work here.
    hold(perSecond <= 6 * 4, `${perSecond.toFixed(0)} connects a second`);
    await replica.close();
    await closing.close();
  }),

  fault(LANE, "C-11", "SIGTERM with connections that sent nothing or half a header: it ends at once", async (sites) => {
    const site = await processSite(sites);
    const replica = await site.start();
    const silent = Array.from({ length: 10 }, () => new RawConnection(endpointOf(replica.url)));
    for (const connection of silent.slice(5)) connection.send("POST /v1/events HTTP/1.1\r\nHost: coll");
    await until(async () => (await statusOf(`${replica.url}/livez`)) === 200, "it does not answer");
    replica.process.signal("SIGTERM");
    const tookMs = await until(() => !replica.process.isRunning, "it does not end");
    hold(tookMs <= STOP_MS, `it takes ${Math.round(tookMs)} ms to end`);
    hold((await replica.process.exited()) === 0, "it does not exit 0");
    for (const connection of silent) connection.end();
  }),

  fault(
    LANE,
    "C-12",
    "a master secret other than the one of the database: it does not start, and says why",
    async (sites) => {
      const site = await processSite(sites);
      await (await site.start()).close();
      const secret = randomBytes(32).toString("hex");
      const replica = await site.prepare({ env: { MASTER_SECRET: secret } });
      replica.process.launch();
      await until(() => !replica.process.isRunning, "it starts", 30_000);
      hold((await replica.process.exited()) === 1, "it does not exit 1");
      hold(
        linesWith(replica, "collector: MASTER_SECRET is not the one").length === 1,
        "it does not say why in one line",
      );
      hold(!replica.process.log.includes(secret), "the secret is in the log");
    },
  ),

  fault(LANE, "C-13", "a misspelt variable: it does not start, and names the right one", async (sites) => {
    const site = await processSite(sites);
    const replica = await site.prepare({ env: { RAW_RETENTION_DAY: "5" } });
    replica.process.launch();
    await until(() => !replica.process.isRunning, "it starts", 30_000);
    hold(linesWith(replica, "rename it to RAW_RETENTION_DAYS").length === 1, "it does not name the right one");
  }),

  fault(LANE, "C-17", "Redis that cannot be reached at the start: one line before any request", async (sites) => {
    const site = await processSite(sites);
    const replica = await site.start({ env: { REDIS_URL: `redis://:hidden@127.0.0.1:${await freePort()}` } });
    await until(() => linesWith(replica, "store of limits is out").length > 0, "it says nothing");
    hold(linesWith(replica, "store of limits is out").length === 1, "it says it more than once");
    hold(!replica.process.log.includes("hidden"), "the password is in the log");
    await replica.close();
  }),
];
