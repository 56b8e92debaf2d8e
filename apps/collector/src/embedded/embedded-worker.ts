import { existsSync } from "node:fs";
import { join } from "node:path";
import { isMainThread, type MessagePort, parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import type { DatabaseAddress } from "../storage/pool.ts";
import { DurableNodeFs } from "./durable-node-fs.ts";
import { emptyDatabase } from "./empty-database.ts";
import { SequencedPGlite } from "./sequenced-pglite.ts";

/** Entry of the worker that runs the embedded database. Says `{ address }` when it listens; any message closes it. */
interface WorkerInput {
  readonly databaseDir: string;
  readonly listenAt: DatabaseAddress;
  readonly mayCreate: boolean;
}

/** Connections that may be open at once; they take turns in the one backend. */
const MAX_CONNECTIONS = 64;

const startParams = [
  // Without -F: a commit waits for the disk.
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
  ...["-c", "wal_sync_method=fsync", "-c", "shared_buffers=32MB", "-c", "max_wal_size=128MB"],
];

async function run(parent: MessagePort, { databaseDir, listenAt, mayCreate }: WorkerInput): Promise<void> {
  const isThere = existsSync(join(databaseDir, "PG_VERSION"));
  if (!isThere && !mayCreate) throw new Error("database/PG_VERSION is missing");
  const archive = isThere ? undefined : await emptyDatabase();
  const database = new SequencedPGlite({
    fs: new DurableNodeFs(databaseDir),
    startParams,
    ...(archive && { loadDataDir: archive }),
  });
  await database.waitReady;
  database.onFatal = () => {
    // Ends this thread only; whoever started it starts another.
    process.exit(1);
  };
  const server = new PGLiteSocketServer({ db: database, maxConnections: MAX_CONNECTIONS, ...listenAt });
  await server.start();
  parent.once("message", async () => {
    await server.stop();
    await database.close();
    parent.close();
  });
  parent.postMessage({ address: "path" in listenAt ? listenAt : loopback(server.getServerConn()) });
}

function loopback(text: string): DatabaseAddress {
  const [host = "", port = ""] = text.split(":");
  return { host, port: Number(port) };
}

// Importing this module outside a worker does nothing.
if (!isMainThread && parentPort !== null) await run(parentPort, workerData as WorkerInput);
