import { type ApiKeyStore, createApiKeyStore } from "./api-key-store.ts";
import { createDeliveryStore } from "./delivery-store.ts";
import { openDictionaries } from "./dictionaries.ts";
import { DroppedPerDay } from "./dropped-per-day.ts";
import { MasterSecretError, MigrationError, StorageUnavailableError } from "./errors.ts";
import type { EventWriter } from "./event-writer.ts";
import { Flusher } from "./flusher.ts";
import { GroupCommit } from "./group-commit.ts";
import { createKeyStore, type KeyStore } from "./key-store.ts";
import { LastUsed } from "./last-used.ts";
import { databaseClock, maintainStorage, planDrop } from "./maintenance.ts";
import { claimMasterSecret } from "./master-secret.ts";
import { migrateDatabase } from "./migrate.ts";
import { NameResolver } from "./name-resolver.ts";
import { createNameRuleFollower } from "./name-rule-follower.ts";
import { createNameRuleStore, type NameRuleStore } from "./name-rule-store.ts";
import { OutageWatch } from "./outage-watch.ts";
import { createPartitions } from "./partitions.ts";
import { PeriodicTask } from "./periodic-task.ts";
import type { DatabaseAddress } from "./pool.ts";
import { openPools } from "./pools.ts";
import { Preparation } from "./preparation.ts";
import { createSessionStore, type SessionStore } from "./session-store.ts";
import { createStorageHealth, type StorageHealth } from "./storage-health.ts";
import type { StorageReports } from "./storage-reports.ts";
import { createUsageStore, type UsageStore } from "./usage-store.ts";

const MAINTENANCE_INTERVAL_MS = 10 * 60_000;
/** Soon, so that short-lived processes drop what is past retention; late enough to stop a process with a wrong retention. */
const FIRST_MAINTENANCE_MS = 60_000;
const LAST_USED_INTERVAL_MS = 60_000;
const DROPPED_INTERVAL_MS = 60_000;
/** Names that are declared count within this time on every replica. */
const NAME_RULES_INTERVAL_MS = 60_000;

const OUTAGE_RETRY_MS = 500;
const REFUSAL_RETRY_MS = 30_000;

export interface StorageOptions {
  readonly rawRetentionDays: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Called with what background work throws, and what it was at. */
  readonly onError: (error: unknown, activity: string) => void;
  /** Called with the number of events that the database refused for what they hold. */
  readonly onQuarantined: (events: number) => void;
  readonly reports?: Partial<StorageReports>;
  /** Of the current master secret, then of former ones; none: any is accepted. */
  readonly secretFingerprints?: readonly string[];
  /** Defaults to the migrations of this package. */
  readonly migrationsFolder?: string;
  /** From the preparation of the tables to the first maintenance; defaults to one minute. */
  readonly firstMaintenanceMs?: number;
}

/** Everything that is kept in one database. */
export interface Storage {
  readonly writer: EventWriter;
  readonly keyStore: KeyStore;
  readonly apiKeyStore: ApiKeyStore;
  readonly nameRuleStore: NameRuleStore;
  readonly sessionStore: SessionStore;
  readonly usageStore: UsageStore;
  readonly storageHealth: StorageHealth;
  readonly lastUsed: LastUsed;
  readonly droppedPerDay: DroppedPerDay;
  /**
   * Brings tables and partitions up to date and begins the upkeep. A database that is out is waited for in the
   * background; resolves after the first try with whether it was there. That try may take as long as the database takes to
   * answer, which can be for ever.
   */
  start(): Promise<boolean>;
  /** Checks the master secret, as `start` does. @throws {MasterSecretError} */
  claimSecret(): Promise<void>;
  /** Why tables and partitions are not there; undefined before a try has failed. */
  readonly startError: unknown;
  /** Writes what waits, then closes every connection. */
  close(deadlineMs: number): Promise<void>;
}

/** Opens storage; connects to nothing before it is used. */
export function openStorage(address: DatabaseAddress, options: StorageOptions): Storage {
  const { now, onError, reports, firstMaintenanceMs = FIRST_MAINTENANCE_MS } = options;
  const pools = openPools(address);
  const partitions = createPartitions(pools.upkeep);
  const flusher = new Flusher({ pool: pools.flush, partitions, now });
  const dictionaries = openDictionaries(pools.lookup);
  const nameRuleStore = createNameRuleStore(pools.lookup);
  const writer = new GroupCommit({
    names: new NameResolver(dictionaries.tools, dictionaries.errorTypes),
    flush: (items) => flusher.flush(items),
    onQuarantined: options.onQuarantined,
  });
  const lastUsed = new LastUsed(pools.lookup);
  const droppedPerDay = new DroppedPerDay(pools.lookup);
  const deliveries = createDeliveryStore(pools.upkeep);
  const upkeep = {
    partitions,
    deliveries,
    rawRetentionDays: options.rawRetentionDays,
    now,
    databaseNow: databaseClock(pools.upkeep),
    reports,
  };
  const maintenance = new PeriodicTask(() => maintainStorage(upkeep), {
    intervalMs: MAINTENANCE_INTERVAL_MS,
    firstRunMs: firstMaintenanceMs,
    onError: (error) => onError(error, "maintenance"),
  });
  const lastUsedTask = new PeriodicTask(() => lastUsed.flush(), {
    intervalMs: LAST_USED_INTERVAL_MS,
    onError: (error) => onError(error, "last-used"),
  });
  const droppedTask = new PeriodicTask(() => droppedPerDay.flush(), {
    intervalMs: DROPPED_INTERVAL_MS,
    onError: (error) => onError(error, "dropped-per-day"),
  });
  const nameRulesTask = new PeriodicTask(createNameRuleFollower(nameRuleStore, Object.values(dictionaries), now), {
    intervalMs: NAME_RULES_INTERVAL_MS,
    onError: (error) => onError(error, "name-rules"),
  });
  const { secretFingerprints = [] } = options;
  let isSecretProven = secretFingerprints.length === 0;
  const claimSecret = async () => {
    if (isSecretProven) return;
    await claimMasterSecret(pools.upkeep, secretFingerprints);
    isSecretProven = true;
  };
  const preparation = new Preparation(
    async () => {
      await migrateDatabase(
        address,
        options.migrationsFolder === undefined ? {} : { folder: options.migrationsFolder },
      );
      await claimSecret();
      await partitions.ensure(now());
      const plan = await planDrop(upkeep);
      if (plan !== undefined) reports?.dropPlanned?.({ ...plan, inMs: firstMaintenanceMs });
      maintenance.start();
    },
    {
      onError: (error) => onError(error, "preparation"),
      // A migration that fails locks tables each time.
      retryMs: (error) => (isRefusal(error) ? REFUSAL_RETRY_MS : OUTAGE_RETRY_MS),
    },
  );

  const health = createStorageHealth({
    pool: pools.lookup,
    events: flusher,
    partitions,
    now,
    refusal: () => (isRefusal(preparation.lastError) ? preparation.lastError : undefined),
  });
  const outages = new OutageWatch(reports);

  return {
    writer: outages.watchWriter(writer),
    keyStore: outages.watchKeys(refuseUntil(() => isSecretProven, createKeyStore(pools.lookup))),
    apiKeyStore: createApiKeyStore(pools.lookup),
    nameRuleStore,
    sessionStore: createSessionStore(pools.read),
    usageStore: createUsageStore(pools.read),
    storageHealth: outages.watchHealth(health),
    lastUsed,
    droppedPerDay,
    get startError() {
      return preparation.lastError;
    },
    claimSecret,
    start() {
      lastUsedTask.start();
      droppedTask.start();
      nameRulesTask.start();
      return preparation.start();
    },
    async close(deadlineMs) {
      const endMs = performance.now() + deadlineMs;
      preparation.stop();
      outages.stop();
      const tasks = [maintenance, lastUsedTask, droppedTask, nameRulesTask].map((task) => task.stop(deadlineMs));
      await Promise.all([writer.close(deadlineMs), ...tasks]);
      await Promise.all([lastUsedTask.runNow(), droppedTask.runNow()]);
      await pools.close(Math.max(250, endMs - performance.now()));
    },
  };
}

/** Errors that pass only when an operator changes something. */
function isRefusal(error: unknown): error is MigrationError | MasterSecretError {
  return error instanceof MigrationError || error instanceof MasterSecretError;
}

/** With another master secret every signature would be refused with 401, for which clients drop events; 503 lets them wait. */
function refuseUntil(isProven: () => boolean, keys: KeyStore): KeyStore {
  return {
    findByHash: (keyHash) =>
      isProven() ? keys.findByHash(keyHash) : Promise.reject(new StorageUnavailableError("MASTER_SECRET")),
  };
}
