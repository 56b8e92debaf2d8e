import { createHash, randomBytes } from "node:crypto";
import type { Event } from "@org/mcp-analytics-schema";
import { StorageUnavailableError } from "../../src/storage/errors.ts";
import type { Delivery, EventWriter, WriteResult } from "../../src/storage/event-writer.ts";
import type { KeyRecord, KeyStore } from "../../src/storage/key-store.ts";

export interface TestKey {
  readonly apiKey: string;
  readonly record: KeyRecord;
}

/** Keys in memory; counts how often it is asked. */
export class MemoryKeyStore implements KeyStore {
  readonly #records = new Map<string, KeyRecord>();
  #nextKeyId = 1;
  lookups = 0;
  available = true;
  /** Lookups wait for it when set. */
  gate: Promise<void> | undefined;

  add(overrides: Partial<KeyRecord> = {}): TestKey {
    const apiKey = `wmc_${randomBytes(32).toString("hex")}`;
    const keyId = this.#nextKeyId++;
    const record: KeyRecord = {
      projectId: 1,
      keyId,
      apiKeyId: `00000000-0000-4000-8000-${String(keyId).padStart(12, "0")}`,
      status: "active",
      tier: "enterprise",
      rateLimitPerDay: null,
      requireSignature: false,
      secretVersion: 1,
      lastUsedAtMs: 0,
      ...overrides,
    };
    this.#records.set(hashOf(apiKey), record);
    return { apiKey, record };
  }

  change({ apiKey }: TestKey, changes: Partial<KeyRecord>): void {
    const hash = hashOf(apiKey);
    this.#records.set(hash, { ...(this.#records.get(hash) as KeyRecord), ...changes });
  }

  remove({ apiKey }: TestKey): void {
    this.#records.delete(hashOf(apiKey));
  }

  async findByHash(keyHash: string): Promise<KeyRecord | undefined> {
    this.lookups++;
    await this.gate;
    if (!this.available) throw new StorageUnavailableError("ECONNREFUSED");
    return this.#records.get(keyHash);
  }
}

function hashOf(apiKey: string): string {
  return createHash("sha256").update(apiKey).digest("hex");
}

/** Keeps deliveries as storage does: an id once, all or nothing. */
export class MemoryWriter implements EventWriter {
  readonly events: Event[] = [];
  readonly deliveries: Delivery[] = [];
  readonly #accepted = new Map<string, number>();
  readonly depth = 0;
  failure: Error | undefined;
  /** Events that are left out, as a database does with what it refuses. */
  refuses: (event: Event) => boolean = () => false;
  /** Writes wait for it when set. */
  gate: Promise<void> | undefined;

  async write(delivery: Delivery): Promise<WriteResult> {
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    const { projectId, deliveryId, events } = delivery;
    if (deliveryId !== null) {
      const accepted = this.#accepted.get(`${projectId}/${deliveryId}`);
      if (accepted !== undefined) return { duplicate: true, accepted };
    }
    const good = events.filter((event) => !this.refuses(event));
    if (good.length === 0) return { duplicate: false, accepted: 0 };
    if (deliveryId !== null) this.#accepted.set(`${projectId}/${deliveryId}`, good.length);
    this.deliveries.push(delivery);
    this.events.push(...good);
    return { duplicate: false, accepted: good.length };
  }

  async close(): Promise<void> {}
}
