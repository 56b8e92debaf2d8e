import type { Event } from "@org/mcp-analytics-schema";

/** Events of one request, validated. */
export interface Delivery {
  readonly projectId: number;
  readonly keyId: number;
  /**
   * Idempotency id, stored in the same transaction as the events: the batchId, or for a signed single event the first
   * 16 bytes of its signature as a UUID. null: none.
   */
  readonly deliveryId: string | null;
  /** 1 to 100. */
  readonly events: readonly Event[];
  /** Unix milliseconds. */
  readonly receivedAt: number;
}

/** What became of a delivery. */
export interface WriteResult {
  /** A delivery with its id was stored before. */
  readonly duplicate: boolean;
  /** Events that are stored, of a duplicate by the first delivery: fewer than were sent where the database refuses some. */
  readonly accepted: number;
}

export interface EventWriter {
  /**
   * Stores a delivery whole; resolves only after COMMIT.
   *
   * @throws {StorageUnavailableError} nothing is known to be stored: the same delivery may come again
   * @throws {OverloadedError} too much is waiting; nothing is stored
   */
  write(delivery: Delivery): Promise<WriteResult>;
  /** Deliveries that wait for their commit. */
  readonly depth: number;
  /** Takes nothing more, and writes what waits; what is left at the deadline is refused. */
  close(deadlineMs: number): Promise<void>;
}
