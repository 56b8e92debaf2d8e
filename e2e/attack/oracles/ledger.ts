import type { Event } from "@org/mcp-analytics-schema";
import type { AttackKey } from "../stack/attack-keys.ts";

/** What a case has stated that its requests did. Whatever is not stated must not have happened. */
export class Ledger {
  readonly #charges = new Map<AttackKey, { requests: number; events: number }>();
  readonly #events: { key: AttackKey; event: Event }[] = [];
  readonly #keys = new Set<AttackKey>();
  #deliveries = 0;

  /** A key that the case uses; it must be charged nothing unless stated. */
  watch(key: AttackKey): void {
    this.#keys.add(key);
  }

  charge(key: AttackKey, requests: number, events: number): void {
    this.watch(key);
    const charges = this.#charges.get(key) ?? { requests: 0, events: 0 };
    this.#charges.set(key, { requests: charges.requests + requests, events: charges.events + events });
  }

  /** @param isDelivery whether they have an id under which they are stored once */
  store(key: AttackKey, events: readonly Event[], isDelivery: boolean): void {
    for (const event of events) this.#events.push({ key, event });
    if (isDelivery) this.#deliveries += 1;
  }

  get keys(): readonly AttackKey[] {
    return [...this.#keys];
  }

  get deliveries(): number {
    return this.#deliveries;
  }

  chargesOf(key: AttackKey): { requests: number; events: number } {
    return this.#charges.get(key) ?? { requests: 0, events: 0 };
  }

  /** The rows that must be there, one line each, sorted. */
  get rows(): string[] {
    return this.#events.map(({ key, event }) => rowOf(key.keyId, event)).sort();
  }
}

/** One stored event as a line, the same whichever side it comes from. */
export function rowOf(keyId: number, event: Event): string {
  const errorType = event.success ? undefined : event.errorType;
  return JSON.stringify([
    keyId,
    event.tool,
    event.success,
    errorType ?? null,
    event.timestamp,
    event.durationMs ?? null,
  ]);
}
