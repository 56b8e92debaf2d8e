import { connect, type Socket } from "node:net";
import type { PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres, { type Options, type Sql } from "postgres";
import { drizzle } from "./drizzle.ts";
import { StorageUnavailableError } from "./errors.ts";

/** Where a database listens: a URL, or the Unix socket (loopback port on Windows) of the embedded one. */
export type DatabaseAddress =
  | { readonly url: string }
  | { readonly path: string }
  | { readonly host: string; readonly port: number };

/** What a store works with: postgres.js and drizzle on the same connection. */
export interface Connection {
  readonly sql: Sql;
  readonly db: PostgresJsDatabase;
}

export type ClientSettings = Options<Record<string, never>>;

/** Time to connect, sign in and get the first response. */
const OPEN_DEADLINE_MS = 2_000;
/** A connection is replaced after 30 to 60 minutes, so that memory which the server keeps for it is returned. */
const LIFETIME_MS = 30 * 60_000;
/** An ended connection has this long to send its Terminate message. */
const TERMINATE_MS = 1_000;

/** Settings of the parsed options that postgres.js passes to its `socket` factory; its types leave the factory out. */
interface Target {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path: string | false | undefined;
}

/**
 * postgres.js with one connection that is opened once. postgres.js would connect again by itself: without a pause when the
 * server closes before it is ready, and with what was not sent yet when a write was under way. A client whose connection is
 * lost is thrown away instead, and its owner decides when the next one connects.
 */
export class Client implements Connection {
  readonly sql: Sql;
  readonly #expiresAtMs: number;
  #db: PostgresJsDatabase | undefined;
  #socket: Socket | undefined;
  #isLost = false;
  #onLost: (error: StorageUnavailableError) => void = () => {};

  /** @param attempt picks the host where the URL names several */
  constructor(address: DatabaseAddress, settings: ClientSettings, attempt = 0) {
    const socket = (target: Target): Socket | Promise<never> => {
      if (this.#socket === undefined) {
        this.#socket = openSocket(target, attempt);
        return this.#socket;
      }
      this.#lose();
      return new Promise<never>(() => {});
    };
    const own = { max: 1, max_lifetime: null, connect_timeout: OPEN_DEADLINE_MS / 1_000, fetch_types: false };
    this.sql = openClient(address, {
      ...own,
      onnotice: () => {},
      onclose: () => this.#lose(),
      ...settings,
      socket,
    } as ClientSettings);
    // The embedded database never drops a session's prepared statements, so its connections are kept.
    this.#expiresAtMs =
      "url" in address ? performance.now() + LIFETIME_MS * (1 + Math.random()) : Number.POSITIVE_INFINITY;
  }

  get db(): PostgresJsDatabase {
    this.#db ??= drizzle(this.sql);
    return this.#db;
  }

  /** Whether it is connected and not due for replacement. */
  get isUsable(): boolean {
    return !this.#isLost && performance.now() < this.#expiresAtMs;
  }

  /**
   * Connects. To be called once, before `use`.
   *
   * @throws StorageUnavailableError after 2 s, or when the connection closes; else what the server says
   */
  async open(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new StorageUnavailableError("CONNECT_TIMEOUT")), OPEN_DEADLINE_MS);
    });
    try {
      await Promise.race([this.use(this.sql.unsafe("SELECT 1")), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Settles as `work` does, or rejects when the connection is lost. One work at a time. */
  use<T>(work: PromiseLike<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#onLost = reject;
      work.then(resolve, reject);
    });
  }

  /** Lets running work end up to a deadline, then cuts it. */
  async end(deadlineMs: number): Promise<void> {
    const timeout = this.#isLost ? 0 : deadlineMs / 1_000;
    this.#isLost = true;
    await this.sql.end({ timeout });
    const socket = this.#socket;
    // postgres.js leaves a socket that is still connecting, and one whose server hangs, to themselves.
    if (socket !== undefined && !socket.destroyed) setTimeout(() => socket.destroy(), TERMINATE_MS).unref();
  }

  #lose(): void {
    this.#isLost = true;
    // postgres.js rejects what ran with the cause, if it knows one, in this turn of the event loop.
    setImmediate(() => this.#onLost(new StorageUnavailableError("CONNECTION_CLOSED")));
  }
}

/** A client of postgres.js for an address; `settings` win over the URL. */
export function openClient(address: DatabaseAddress, settings: ClientSettings): Sql {
  if ("url" in address) return postgres(address.url, settings);
  return postgres({ ...address, database: "postgres", user: "postgres", max_lifetime: null, ...settings });
}

function openSocket({ host, port, path }: Target, attempt: number): Socket {
  if (typeof path === "string") return connect(path);
  const place = attempt % host.length;
  const at = { host: host[place] as string, port: port[place] as number };
  // TLS reads the name of the server from here.
  return Object.assign(connect(at), at);
}
