import { StorageUnavailableError } from "./errors.ts";
import type { EventWriter } from "./event-writer.ts";
import type { KeyStore } from "./key-store.ts";
import type { StorageHealth } from "./storage-health.ts";
import type { StorageReports } from "./storage-reports.ts";

/** Storage counts as returned after this time without a failure, so that an outage with gaps is reported once. */
const SETTLE_MS = 1_000;

/** Parts of storage that can be out alone; the probe uses all of them. */
type Part = "keys" | "events" | "probe";

/** Turns failures and successes of single calls into one report at the loss of storage and one at its return. */
export class OutageWatch {
  readonly #reports: Partial<StorageReports>;
  readonly #settleMs: number;
  readonly #failing = new Set<Part>();
  #lostAtMs: number | undefined;
  #settling: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(reports: Partial<StorageReports> = {}, settleMs = SETTLE_MS) {
    this.#reports = reports;
    this.#settleMs = settleMs;
  }

  watchWriter(writer: EventWriter): EventWriter {
    return {
      write: (delivery) => this.#watch("events", writer.write(delivery)),
      get depth() {
        return writer.depth;
      },
      close: (deadlineMs) => writer.close(deadlineMs),
    };
  }

  watchHealth(health: StorageHealth): StorageHealth {
    return { probe: () => this.#watch("probe", health.probe()) };
  }

  watchKeys(keys: KeyStore): KeyStore {
    return { findByHash: (keyHash) => this.#watch("keys", keys.findByHash(keyHash)) };
  }

  /** Reports nothing any more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#settling);
    this.#settling = undefined;
  }

  #watch<T>(part: Part, work: Promise<T>): Promise<T> {
    work.then(
      () => this.#failing.size > 0 && this.#succeeded(part),
      (error: unknown) => this.#failed(part, error),
    );
    return work;
  }

  #failed(part: Part, error: unknown): void {
    if (this.#isStopped) return;
    // What a shutdown refuses is no outage.
    if (!(error instanceof StorageUnavailableError) || error.code === "CLOSING" || error.code === "POOL_CLOSED") return;
    clearTimeout(this.#settling);
    this.#settling = undefined;
    this.#failing.add(part);
    if (this.#lostAtMs !== undefined) return;
    this.#lostAtMs = performance.now();
    this.#reports.lost?.(error.code);
  }

  #succeeded(part: Part): void {
    if (this.#isStopped) return;
    if (part === "probe") this.#failing.clear();
    else this.#failing.delete(part);
    if (this.#failing.size > 0) return;
    const returnedAtMs = performance.now();
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      const lostAtMs = this.#lostAtMs as number;
      this.#lostAtMs = undefined;
      this.#reports.returned?.(returnedAtMs - lostAtMs);
    }, this.#settleMs).unref();
  }
}
