import { createHmac, hkdfSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { ApiKey } from "./api-keys.ts";
import { batchId, eventText } from "./event-stream.ts";

export const FLEET_ADDRESSES = 5_000;
/** Events of 20 batches in turn: 1 to 20, 5 on average. */
const SIZES = [1, 2, 1, 3, 20, 4, 2, 5, 1, 8, 3, 1, 12, 2, 6, 1, 4, 15, 2, 7] as const;
export const MEAN_EVENTS = SIZES.reduce<number>((sum, size) => sum + size, 0) / SIZES.length;
export const MOST_EVENTS = Math.max(...SIZES);

export interface FleetBatches {
  readonly file: string;
  readonly keys: readonly ApiKey[];
  readonly masterSecret: string;
  /** Number of the first request: keys and addresses go on from there. */
  readonly first: number;
  readonly count: number;
}

/** Writes requests for the load script, made now: they are valid for a minute. Every second one is signed. */
export function writeFleetBatches({ file, keys, masterSecret, first, count }: FleetBatches): void {
  const lines: string[] = [];
  for (let index = first; index < first + count; index++) {
    const key = keys[index % keys.length] as ApiKey;
    const body = batchText(index);
    const timestamp = Date.now();
    const signature = index % 2 === 0 ? "" : sign(signingSecret(masterSecret, key.id), timestamp, body);
    lines.push([addressAt(index), key.text, timestamp, signature, body].join("\t"));
  }
  writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
}

function batchText(index: number): string {
  const size = SIZES[index % SIZES.length] as number;
  const events = Array.from({ length: size }, (_, event) => eventText(index * MOST_EVENTS + event)).join(",");
  return `{"batchId":"${batchId()}","events":[${events}]}`;
}

export function addressAt(index: number): string {
  const address = index % FLEET_ADDRESSES;
  return `10.0.${Math.floor(address / 250)}.${address % 250}`;
}

/** As the wire protocol says that it is derived. */
function signingSecret(masterSecret: string, apiKeyId: string): string {
  const info = `mcp-analytics/signing/v1/${apiKeyId}/1`;
  return `wms_${Buffer.from(hkdfSync("sha256", Buffer.from(masterSecret, "hex"), "", info, 32)).toString("hex")}`;
}

function sign(secret: string, timestamp: number, body: string): string {
  return createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
}
