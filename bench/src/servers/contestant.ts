import type { BenchDatabase } from "./bench-database.ts";
import type { ChildServer } from "./child-server.ts";

/** A server under test with the database it stores in. */
export interface Contestant<Database extends BenchDatabase | undefined = BenchDatabase | undefined> {
  readonly server: ChildServer;
  readonly database: Database;
  /** Ends the server as its operator would. */
  stop(): Promise<void>;
  /** Events in its database; undefined for a server that stores nothing. */
  storedEvents(): Promise<number | undefined>;
  /** Deletes the database; ends the server when it still runs. */
  close(): Promise<void>;
}

export function contestant<Database extends BenchDatabase | undefined>(
  server: ChildServer,
  database: Database,
  eventsTable: string,
): Contestant<Database> {
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= server.stop();
    return stopped;
  };
  return {
    server,
    database,
    stop,
    storedEvents: async () => await database?.count(eventsTable),
    close: async () => {
      await stop().catch(() => {});
      await database?.close();
    },
  };
}
