import { setTimeout as sleep } from "node:timers/promises";
import { Client, type ClientSettings, type Connection, type DatabaseAddress } from "./client.ts";
import { ConnectionLimit } from "./connection-limit.ts";
import { endsConnection, StorageUnavailableError, toStorageError } from "./errors.ts";

export { type Connection, type DatabaseAddress, openClient } from "./client.ts";

export interface PoolOptions {
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly maxConnections: number;
  /** The server gives a statement up after this. */
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  /**
   * This process gives a response up after this, the wait for a connection included, whatever the server or the network does,
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
/** Pause after a connect that failed: at most four connects a second while the database is out. */
const BACKOFF_MS = 250;

/** A piece of work from its start to its end. */
interface Run {
  /** Connects of this pool that had failed when it started. */
  readonly failuresBefore: number;
  isGivenUp: boolean;
  client: Client | undefined;
}

/**
 * Connections for one purpose, each opened when work needs it and closed after its first failure. One connect at a time, and
 * none for 250 ms after one that failed: waiting work is rejected with it. Work that passes its deadline
 * takes its connection with it: a hung server or a lost network would hold that for a quarter of an hour.
 */
export class Pool {
  readonly #address: DatabaseAddress;
  readonly #options: PoolOptions;
  readonly #limit: ConnectionLimit;
  readonly #clients = new Set<Client>();
  readonly #idle: Client[] = [];
  #opening: Promise<void> | undefined;
  #openings = 0;
  #failures = 0;
  #lastFailure: Error | undefined;
  #connectAtMs = 0;
  #closed = false;

  constructor(address: DatabaseAddress, options: PoolOptions) {
    this.#address = address;
    this.#options = options;
    this.#limit = new ConnectionLimit(options.maxConnections);
  }

  /**
   * Runs statements, one after the other, on a connection that nothing else uses until `work` settles.
   *
   * @param deadlineMs defaults to the pool's
   * @throws {StorageUnavailableError} when the database is out, {StorageFaultError} when it refuses
   */
  async run<T>(work: (connection: Connection) => Promise<T>, deadlineMs = this.#options.deadlineMs): Promise<T> {
    const run: Run = { failuresBefore: this.#failures, isGivenUp: false, client: undefined };
    const place = this.#limit.enter();
    const deadline = startDeadline(run, deadlineMs);
    try {
      if (place.turn !== undefined) await Promise.race([place.turn, deadline.passed]);
      if (this.#closed) throw new StorageUnavailableError("POOL_CLOSED");
      const client = this.#takeIdle() ?? (await Promise.race([this.#obtain(run), deadline.passed]));
      run.client = client;
      return await Promise.race([client.use(work(client)), deadline.passed]);
    } catch (error) {
      const failure = toStorageError(error);
      if (run.client !== undefined && endsConnection(failure)) this.#discard(run.client);
      throw failure;
    } finally {
      deadline.clear();
      if (run.client !== undefined) this.#giveBack(run.client);
      place.leave();
    }
  }

  /** Waits for running work up to a deadline. */
  async close(deadlineMs = 1_000): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#clients].map((client) => client.end(deadlineMs)));
  }

  #takeIdle(): Client | undefined {
    for (;;) {
      const client = this.#idle.pop();
      if (client === undefined || client.isUsable) return client;
      this.#discard(client);
    }
  }

  async #obtain(run: Run): Promise<Client> {
    for (;;) {
      if (run.isGivenUp) throw new StorageUnavailableError("DEADLINE");
      const idle = this.#takeIdle();
      if (idle !== undefined) return idle;
      if (this.#failures > run.failuresBefore) throw this.#lastFailure;
      this.#opening ??= this.#open().finally(() => {
        this.#opening = undefined;
      });
      await this.#opening;
    }
  }

  /** Adds an idle connection, or counts a failure. Never rejects. */
  async #open(): Promise<void> {
    const waitMs = this.#connectAtMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    if (this.#closed) return this.#fail(new StorageUnavailableError("POOL_CLOSED"));
    const client = new Client(this.#address, settingsOf(this.#options), this.#openings++);
    this.#clients.add(client);
    try {
      await client.open();
      this.#idle.push(client);
    } catch (error) {
      this.#discard(client);
      this.#fail(toStorageError(error));
    }
  }

  #fail(error: Error): void {
    this.#failures += 1;
    this.#lastFailure = error;
    this.#connectAtMs = performance.now() + BACKOFF_MS;
  }

  #giveBack(client: Client): void {
    if (!this.#clients.has(client)) return;
    if (client.isUsable) this.#idle.push(client);
    else this.#discard(client);
  }

  #discard(client: Client): void {
    this.#clients.delete(client);
    // Ends what is still running on it with an error that the race above has already answered.
    void client.end(0);
  }
}

/** Rejects after `deadlineMs` and marks the run. */
function startDeadline(run: Run, deadlineMs: number): { readonly passed: Promise<never>; clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  let lastCall: NodeJS.Immediate | undefined;
  const passed = new Promise<never>((_resolve, reject) => {
    let slicesLeft = DEADLINE_SLICES;
    const wait = () => {
      timer = setTimeout(() => {
        slicesLeft -= 1;
        if (slicesLeft > 0) return wait();
        // The response may be waiting in the socket: read it first.
        lastCall = setImmediate(() => {
          run.isGivenUp = true;
          reject(new StorageUnavailableError("DEADLINE"));
        });
      }, deadlineMs / DEADLINE_SLICES);
    };
    wait();
  });
  return {
    passed,
    clear() {
      clearTimeout(timer);
      clearImmediate(lastCall);
    },
  };
}

function settingsOf({ name, statementTimeoutMs, lockTimeoutMs, session }: PoolOptions): ClientSettings {
  return {
    connection: {
      application_name: name,
      statement_timeout: statementTimeoutMs,
      lock_timeout: lockTimeoutMs,
      idle_in_transaction_session_timeout: statementTimeoutMs,
      ...session,
    },
  };
}
