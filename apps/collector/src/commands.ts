import { setTimeout } from "node:timers/promises";
import type { Tier } from "@org/mcp-analytics-schema/constants";
import { createAdminLink } from "./accounts/admin-link.ts";
import {
  type ApiKeyDeps,
  createApiKey,
  listApiKeys,
  revokeApiKey,
  setApiKeyDayLimit,
  setApiKeyTier,
} from "./accounts/api-keys.ts";
import { FIRST_PROJECT_ID } from "./accounts/first-project.ts";
import { formatCreatedKey, formatKeys } from "./accounts/format-keys.ts";
import { secretFingerprint } from "./accounts/secret-fingerprint.ts";
import { type Config, type ConfigOverrides, loadConfig } from "./config.ts";
import { hasDatabase } from "./embedded/data-folder.ts";
import { DataFolderError, DataFolderInUseError } from "./embedded/data-folder-error.ts";
import { findRunningCollector, startEmbeddedDatabase } from "./embedded/embedded-database.ts";
import { withMasterSecret } from "./embedded/master-secret.ts";
import { listeningUrl } from "./listening-url.ts";
import { migrateDatabase } from "./storage/migrate.ts";
import type { DatabaseAddress } from "./storage/pool.ts";
import { openStorage, type Storage } from "./storage/storage.ts";

/** How long a command waits for a collector that is starting, or for another command. */
const STARTING_MS = 15_000;
const LOOK_AGAIN_MS = 200;

/** Commands of the command line beside `serve`. Each resolves with what is to be printed. */
export type Folder = Pick<ConfigOverrides, "dataDir">;

export function migrate(options: Folder): Promise<string> {
  return withStorage(options, async () => "The tables are up to date.", { mayCreate: true });
}

export async function createKey(
  options: Folder & { name: string; tier: Tier; requireSignature: boolean; json?: boolean },
): Promise<string> {
  const { name, tier, requireSignature, json = false } = options;
  return withStorage(options, async ({ deps }) =>
    formatCreatedKey(await createApiKey(deps, { projectId: FIRST_PROJECT_ID, name, tier, requireSignature }), json),
  );
}

export function listKeys(options: Folder & { json?: boolean }): Promise<string> {
  const { json = false } = options;
  return withStorage(options, async ({ deps }) => formatKeys(await listApiKeys(deps, FIRST_PROJECT_ID), json));
}

export function revokeKey(which: string, options: Folder): Promise<string> {
  return withStorage(options, async ({ deps }) => {
    const { apiKeyId, keyPrefix, lastFour } = await revokeApiKey(deps, FIRST_PROJECT_ID, which);
    return `Revoked ${keyPrefix}...${lastFour} (${apiKeyId}). Running collectors refuse it within 10 seconds.`;
  });
}

export function setTier(which: string, options: Folder & { tier: Tier }): Promise<string> {
  return withStorage(options, async ({ deps }) => {
    const { apiKeyId, keyPrefix, lastFour, tier } = await setApiKeyTier(deps, FIRST_PROJECT_ID, which, options.tier);
    return `${keyPrefix}...${lastFour} (${apiKeyId}) is ${tier} now.`;
  });
}

export function setDayLimit(which: string, requests: number | null, options: Folder): Promise<string> {
  return withStorage(options, async ({ deps }) => {
    const key = await setApiKeyDayLimit(deps, FIRST_PROJECT_ID, which, requests);
    const limit = requests === null ? `as many requests a day as ${key.tier} says` : `${requests} requests a day`;
    return `${key.keyPrefix}...${key.lastFour} (${key.apiKeyId}) may send ${limit} now.`;
  });
}

export function makeAdminLink(options: Folder & { url?: string }): Promise<string> {
  return withStorage(options, async ({ storage, config, runningUrl }) => {
    const baseUrl = options.url ?? config.publicUrl ?? runningUrl ?? listeningUrl(config.host, config.port);
    const { sessionStore } = storage;
    const link = await createAdminLink({ sessionStore, now: Date.now }, { projectId: FIRST_PROJECT_ID, baseUrl });
    return link.url;
  });
}

export interface Opened {
  readonly config: Config;
  readonly storage: Storage;
  readonly deps: ApiKeyDeps;
  /** Where a collector that has the data folder open listens. */
  readonly runningUrl: string | undefined;
}

/**
 * Opens the storage that `serve` would use, with its tables up to date.
 *
 * @param options.mayCreate whether a missing embedded database is made; without it a wrong folder would get a new one
 */
export async function withStorage<T>(
  { dataDir }: Folder,
  work: (opened: Opened) => Promise<T>,
  { mayCreate = false } = {},
): Promise<T> {
  const settings = loadConfig({ dataDir });
  if (!mayCreate && settings.databaseUrl === undefined && !hasDatabase(settings.dataDir)) {
    throw new DataFolderError(
      `There is no database in ${settings.dataDir}: give the folder of the collector with --data-dir or DATA_DIR, or start it first`,
    );
  }
  const config = withMasterSecret(settings);
  const database = await openDatabase(config);
  const storage = openStorage(database.address, {
    rawRetentionDays: config.rawRetentionDays,
    secretFingerprints: config.masterSecrets.map(secretFingerprint),
    now: Date.now,
    onError: () => {},
    onQuarantined: () => {},
  });
  try {
    // A collector that runs on this folder has done it, perhaps in another version.
    if (database.runningUrl === undefined) await migrateDatabase(database.address);
    await storage.claimSecret();
    const [masterSecret] = config.masterSecrets;
    const deps = { store: storage.apiKeyStore, masterSecret: masterSecret as Buffer, now: Date.now };
    return await work({ config, storage, deps, runningUrl: database.runningUrl });
  } finally {
    await storage.close(1_000);
    await database.close();
  }
}

interface OpenDatabase {
  readonly address: DatabaseAddress;
  readonly runningUrl?: string | undefined;
  close(): Promise<void>;
}

/** A data folder that a running collector has open is reached through that collector; one that starts is waited for. */
async function openDatabase({ databaseUrl, dataDir }: Config): Promise<OpenDatabase> {
  if (databaseUrl !== undefined) return { address: { url: databaseUrl }, close: async () => {} };
  const endMs = performance.now() + STARTING_MS;
  for (;;) {
    const running = await findRunningCollector(dataDir);
    if (running?.url !== undefined) return { address: running.address, runningUrl: running.url, close: async () => {} };
    try {
      return await startEmbeddedDatabase(dataDir);
    } catch (error) {
      if (!(error instanceof DataFolderInUseError) || performance.now() > endMs) throw error;
      await setTimeout(LOOK_AGAIN_MS);
    }
  }
}
