import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres, { type Options, type Sql } from "postgres";
import { ConnectionLimit } from "./connection-limit.ts";
import { drizzle } from "./drizzle.ts";
import { StorageUnavailableError, toStorageError } from "./errors.ts";

/** Where a database listens: a URL, or the Unix socket (loopback port on Windows) of the embedded one. */
export type DatabaseAddress =
  | { readonly url: string }
  | { readonly path: string }
  | { readonly host: string; readonly port: number };

export interface PoolOptions {
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly maxConnections: number;
  /** The server gives a statement up after this. */
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  /**
   * This process gives an answer up after this, the wait for a connection included, whatever the server or the network does,
   * not counting when it was held up.
   */
  readonly deadlineMs: number;
  /** Further settings of the session. */
  readonly session?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * A deadline is waited for in so many slices. One that comes late counts no more than another: while this process was held up
 * it has neither sent nor read anything, and the database is not to blame for that.
 */
const DEADLINE_SLICES = 10;

/** What a store works with: postgres.js and drizzle on the same connections. */
export interface Connection {
  readonly sql: Sql;
  readonly db: PostgresJsDatabase;
}

/**
 * Connections for one purpose. They are opened on first use, and again within a quarter of a second after the database
 * returns. Work that passes its deadline takes its connections with it: a hung server or a lost network would else hold
 * them for a quarter of an hour.
 */
export class Pool {
  readonly #address: DatabaseAddress;
  readonly #options: PoolOptions;
  readonly #limit: ConnectionLimit;
  #connection: Connection | undefined;
  #closed = false;

  constructor(address: DatabaseAddress, options: PoolOptions) {
    this.#address = address;
    this.#options = options;
    this.#limit = new ConnectionLimit(options.maxConnections);
  }

  /**
   * Runs statements, one after the other, on a connection that nobody else uses meanwhile.
   *
   * @param deadlineMs defaults to the pool's
   * @throws {StorageUnavailableError} when the database is out, {StorageFaultError} when it refuses
   */
  async run<T>(work: (connection: Connection) => Promise<T>, deadlineMs = this.#options.deadlineMs): Promise<T> {
    let connection: Connection | undefined;
    const place = this.#limit.enter();
    let timer: NodeJS.Timeout | undefined;
    let lastCall: NodeJS.Immediate | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      let slicesLeft = DEADLINE_SLICES;
      const wait = () => {
        timer = setTimeout(() => {
          slicesLeft -= 1;
          if (slicesLeft > 0) return wait();
          // The answer may be waiting in the socket: let it be read first.
          lastCall = setImmediate(() => {
            if (connection !== undefined) this.#discard(connection);
            reject(new StorageUnavailableError("DEADLINE"));
          });
        }, deadlineMs / DEADLINE_SLICES);
      };
      wait();
    });
    try {
      if (place.turn !== undefined) await Promise.race([place.turn, deadline]);
      if (this.#closed) throw new StorageUnavailableError("POOL_CLOSED");
      this.#connection ??= connect(this.#address, this.#options);
      connection = this.#connection;
      return await Promise.race([work(connection), deadline]);
    } catch (error) {
      throw toStorageError(error);
    } finally {
      clearTimeout(timer);
      clearImmediate(lastCall);
      place.leave();
    }
  }

  /** Waits for running work up to a deadline. */
  async close(deadlineMs = 1_000): Promise<void> {
    this.#closed = true;
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.sql.end({ timeout: deadlineMs / 1_000 });
  }

  #discard(connection: Connection): void {
    if (this.#connection === connection) this.#connection = undefined;
    // Ends what is still running on it with an error that the race above has already answered.
    void connection.sql.end({ timeout: 0 });
  }
}

function connect(address: DatabaseAddress, options: PoolOptions): Connection {
  const settings: Options<Record<string, never>> = {
    max: options.maxConnections,
    connect_timeout: 2,
    // The default waits up to 20 s after the database has returned.
    backoff: () => 0.25,
    fetch_types: false,
    onnotice: () => {},
    connection: {
      application_name: options.name,
      statement_timeout: options.statementTimeoutMs,
      lock_timeout: options.lockTimeoutMs,
      idle_in_transaction_session_timeout: options.statementTimeoutMs,
      ...options.session,
    },
  };
  const sql = openClient(address, settings);
  return { sql, db: drizzle(sql) };
}

/** A client of postgres.js for an address; `settings` win over the URL. */
export function openClient(address: DatabaseAddress, settings: Options<Record<string, never>>): Sql {
  if ("url" in address) return postgres(address.url, settings);
  // The embedded database never drops a session's prepared statements, so its connections are kept.
  return postgres({ ...address, database: "postgres", user: "postgres", max_lifetime: null, ...settings });
}
