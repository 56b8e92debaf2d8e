import { join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import type { DatabaseAddress } from "../storage/pool.ts";
import { findDamage } from "./damage.ts";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { DataFolderError, unusable } from "./data-folder-error.ts";
import { type Announcement, findHolder } from "./folder-lock.ts";

/** How long a close waits for the last checkpoint. */
const CLOSE_DEADLINE_MS = 5_000;
const RESTART_DELAY_MS = 500;

/** PostgreSQL inside this process, in a thread of its own, with its data in a folder. */
export interface EmbeddedDatabase {
  readonly address: DatabaseAddress;
  /** Tells other processes where the HTTP server of this one listens. */
  announceUrl(url: string): void;
  close(): Promise<void>;
}

export interface EmbeddedDatabaseOptions {
  /** Called when the engine has broken down; it is started again by itself. */
  readonly onBreakdown?: (error: unknown) => void;
}

/**
 * Starts the database of a data folder, and makes it on first use.
 *
 * @throws {DataFolderError} when the folder cannot be used
 */
export async function startEmbeddedDatabase(
  dataDir: string,
  { onBreakdown = () => {} }: EmbeddedDatabaseOptions = {},
): Promise<EmbeddedDatabase> {
  const folder = await openDataFolder(dataDir);
  let closing = false;
  let worker: Worker;
  let address: DatabaseAddress;
  try {
    ({ worker, address } = await startWorker({ ...folder, mayCreate: true }));
  } catch (error) {
    folder.release();
    throw new DataFolderError(`The database in ${dataDir} does not start: ${explain(folder.databaseDir, error)}`);
  }
  watch(worker);
  try {
    await folder.created();
  } catch (error) {
    closing = true;
    await stopWorker(worker);
    folder.release();
    throw unusable(dataDir, error);
  }
  folder.announce({ address });

  function watch(running: Worker): void {
    running.on("error", onBreakdown);
    running.once("exit", (code) => {
      if (closing) return;
      onBreakdown(new Error(`the thread of the database ended with code ${code}`));
      setTimeout(restart, RESTART_DELAY_MS);
    });
  }

  async function restart(): Promise<void> {
    if (closing) return;
    try {
      ({ worker, address } = await startWorker({ ...folder, listenAt: address, mayCreate: false }));
      watch(worker);
    } catch (error) {
      onBreakdown(error);
      setTimeout(restart, RESTART_DELAY_MS);
    }
  }

  return {
    get address() {
      return address;
    },
    announceUrl: (url) => folder.announce({ address, url }),
    async close() {
      closing = true;
      await stopWorker(worker);
      folder.release();
    },
  };
}

/** The engine itself says no more than that it aborted. */
function explain(databaseDir: string, error: unknown): string {
  let damage: string | undefined;
  try {
    damage = findDamage(databaseDir);
  } catch {
    // The files cannot be read either; what the engine said is all there is.
  }
  return damage ?? `${(error as Error).message}. Restore the folder from a backup, or choose another with --data-dir`;
}

/** Where to reach the process that has a data folder open; undefined when none has. */
export function findRunningCollector(dataDir: string): Promise<Announcement | undefined> {
  return findHolder(join(resolve(dataDir), "lock"));
}

interface WorkerOrder extends Pick<DataFolder, "databaseDir" | "listenAt"> {
  /** False after a breakdown: a database whose files are gone by then is not made again. */
  readonly mayCreate: boolean;
}

function startWorker({ databaseDir, listenAt, mayCreate }: WorkerOrder) {
  // The build rewrites the endings of imports, not of URLs.
  const file = import.meta.url.endsWith(".ts") ? "embedded-worker.ts" : "embedded-worker.js";
  const worker = new Worker(new URL(`./${file}`, import.meta.url), {
    workerData: { databaseDir, listenAt, mayCreate },
  });
  return new Promise<{ worker: Worker; address: DatabaseAddress }>((resolve, reject) => {
    worker.once("message", ({ address }: { address: DatabaseAddress }) => {
      worker.removeListener("error", reject);
      resolve({ worker, address });
    });
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`its thread ended with code ${code}`)));
  });
}

async function stopWorker(worker: Worker): Promise<void> {
  const exited = new Promise<void>((resolve) => {
    worker.once("exit", () => resolve());
  });
  worker.postMessage("close");
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_DEADLINE_MS);
  });
  await Promise.race([exited, deadline]);
  clearTimeout(timer);
  await worker.terminate();
}
