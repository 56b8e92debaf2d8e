import { randomBytes } from "node:crypto";
import { type AppDeps, buildApp } from "@org/mcp-analytics-collector/dist/app.js";
import { createInProcessBucketStore } from "@org/mcp-analytics-collector/dist/limits/in-process-bucket-store.js";
import { createLogger } from "@org/mcp-analytics-collector/dist/logger.js";
import type { Delivery } from "@org/mcp-analytics-collector/dist/storage/event-writer.js";
import type { KeyRecord } from "@org/mcp-analytics-collector/dist/storage/key-store.js";
import { openStorage, type Storage } from "@org/mcp-analytics-collector/dist/storage/storage.js";
import { EVENTS_PATH, JSON_CONTENT_TYPE, type Tier } from "@org/mcp-analytics-schema";
import type { Trial } from "../runner/trial.ts";
import { type Answer, makeAnswer } from "../wire/answer.ts";
import type { HeaderList } from "../wire/request.ts";
import { type AttackKey, deriveSigningSecret, hashOf, inventedKey } from "./attack-keys.ts";

export interface LabOptions {
  /** Real PostgreSQL of the stack instead of memory. */
  readonly storage?: "postgresql";
  /** First signs, all are accepted; defaults to that of the stack. */
  readonly masterSecrets?: readonly Buffer[];
  /** Seams to replace, to count or to break. */
  readonly deps?: Partial<AppDeps>;
  /** Where the clock starts; defaults to now. */
  readonly startMs?: number;
}

/** The collector's app inside this process, on a clock of its own: for what depends on time or needs a hundred thousand tries. */
export interface Lab {
  nowMs: number;
  /** What was handed to storage in memory. */
  readonly deliveries: Delivery[];
  /** A key of the lab alone, known to nobody else. */
  key(tier?: Tier): AttackKey;
  /** Sends a request without a network. */
  inject(request: LabRequest): Promise<Answer>;
  close(): Promise<void>;
}

export interface LabRequest {
  readonly path?: string;
  readonly key?: AttackKey;
  readonly headers?: HeaderList;
  readonly body: string | Uint8Array;
}

export async function openLab(trial: Trial, options: LabOptions = {}): Promise<Lab> {
  const { stack } = trial;
  const { masterSecrets = [stack.masterSecret], deps } = options;
  let nowMs = options.startMs ?? Date.now();
  const now = () => nowMs;
  const records = new Map<string, KeyRecord>();
  const deliveries: Delivery[] = [];
  const storage = options.storage === "postgresql" ? await openDatabase(stack.databaseUrl, now) : undefined;
  const seen = new Map<string, number>();
  const logger = createLogger(
    { logLevel: "debug" },
    {
      write(line) {
        trial.ownLog += line;
      },
    },
  );
  const app = await buildApp(
    {
      trustProxy: [],
      maxConnections: 100,
      corsOrigins: [],
      masterSecrets: [...masterSecrets],
      ipLimitRequests: 1_000_000_000,
      ipLimitWindowSeconds: 900,
    },
    {
      keyStore: storage?.keyStore ?? { findByHash: async (hash) => records.get(hash) },
      writer: storage?.writer ?? {
        depth: 0,
        async write(delivery) {
          const { deliveryId, events } = delivery;
          const accepted = deliveryId === null ? undefined : seen.get(deliveryId);
          if (accepted !== undefined) return { duplicate: true, accepted };
          if (deliveryId !== null) seen.set(deliveryId, events.length);
          deliveries.push(delivery);
          return { duplicate: false, accepted: events.length };
        },
        close: async () => {},
      },
      storageHealth: storage?.storageHealth ?? { probe: async () => {} },
      buckets: createInProcessBucketStore({ now }),
      now,
      signingSecretsFor: ({ apiKeyId, secretVersion }) =>
        masterSecrets.map((secret) => deriveSigningSecret(secret, apiKeyId, secretVersion)),
      touchKey: () => {},
      logger,
      ...deps,
    },
  );
  await app.ready();

  return {
    get nowMs() {
      return nowMs;
    },
    set nowMs(value) {
      nowMs = value;
    },
    deliveries,
    key(tier = "enterprise") {
      const apiKey = trial.keepFromStorage(inventedKey());
      const keyId = records.size + 1;
      const apiKeyId = `00000000-0000-4000-8000-${randomBytes(6).toString("hex")}`;
      const record = { projectId: 1, keyId, apiKeyId, tier, secretVersion: 1 };
      records.set(hashOf(apiKey), {
        ...record,
        status: "active",
        rateLimitPerDay: null,
        requireSignature: false,
        lastUsedAtMs: 0,
      });
      const signingSecret = deriveSigningSecret(masterSecrets[0] as Buffer, apiKeyId, 1);
      return { ...record, apiKey, hash: hashOf(apiKey), signingSecret };
    },
    async inject({ path = EVENTS_PATH, key, headers = [], body }) {
      const response = await app.inject({
        method: "POST",
        url: path,
        headers: {
          "content-type": JSON_CONTENT_TYPE,
          ...(key !== undefined && { "x-api-key": key.apiKey }),
          ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
        },
        payload: typeof body === "string" ? body : Buffer.from(body),
      });
      const answerHeaders = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
      return trial.note(makeAnswer(response.statusCode, Object.fromEntries(answerHeaders), response.body), {
        path,
        body,
        key,
        headers,
      });
    },
    async close() {
      await app.close();
      await storage?.close(2_000);
    },
  };
}

async function openDatabase(url: string, now: () => number): Promise<Storage> {
  const storage = openStorage({ url }, { rawRetentionDays: 30, now, onError: () => {}, onQuarantined: () => {} });
  await storage.start();
  return storage;
}
