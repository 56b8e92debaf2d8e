import { createHash, randomBytes, randomUUID } from "node:crypto";
import { API_KEY_PREFIX, type Tier } from "@org/mcp-analytics-schema/constants";
import type { ApiKeyStore, StoredApiKey } from "../storage/api-key-store.ts";
import { signingSecret } from "./signing-secret.ts";

export interface ApiKeyDeps extends NewApiKeyDeps {
  readonly store: ApiKeyStore;
}

interface NewApiKeyDeps {
  readonly store: Pick<ApiKeyStore, "add">;
  /** The collector's current master secret. */
  readonly masterSecret: Buffer;
  readonly now: () => number;
}

export interface CreateApiKey {
  readonly projectId: number;
  /** For people; defaults to `default`. */
  readonly name?: string;
  /** Defaults to `free`. */
  readonly tier?: Tier;
  /** Refuse unsigned requests; defaults to false. */
  readonly requireSignature?: boolean;
}

/** Shown once: neither `key` nor `signingSecret` can be had again. */
export interface CreatedApiKey {
  readonly apiKeyId: string;
  readonly key: string;
  readonly signingSecret: string;
  readonly name: string;
  readonly tier: Tier;
  readonly requireSignature: boolean;
}

/** A key that cannot be told: no key, or more than one, ends in the four characters given. */
export class ApiKeyChoiceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ApiKeyChoiceError";
  }
}

/** SHA-256 of a key in lower-case hex: the only form in which it is stored. */
export function hashApiKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** @param deps nothing of the store but what takes a new key */
export async function createApiKey(deps: NewApiKeyDeps, request: CreateApiKey): Promise<CreatedApiKey> {
  const { projectId, name = "default", tier = "free", requireSignature = false } = request;
  const key = API_KEY_PREFIX + randomBytes(32).toString("hex");
  const apiKeyId = randomUUID();
  await deps.store.add({
    projectId,
    apiKeyId,
    keyHash: hashApiKey(key),
    keyPrefix: key.slice(0, 8),
    lastFour: key.slice(-4),
    name,
    tier,
    requireSignature,
  });
  return { apiKeyId, key, signingSecret: signingSecret(deps.masterSecret, apiKeyId, 1), name, tier, requireSignature };
}

/** Keys of a project, oldest first, revoked ones included. */
export function listApiKeys(deps: Pick<ApiKeyDeps, "store">, projectId: number): Promise<StoredApiKey[]> {
  return deps.store.list(projectId);
}

/**
 * Disables a key for good. Replicas that hold it in their cache go on for at most ten seconds.
 *
 * @param which id of the key, or the last four characters of it
 * @throws {ApiKeyChoiceError} when no active key, or more than one, matches
 */
export async function revokeApiKey(
  deps: Pick<ApiKeyDeps, "store" | "now">,
  projectId: number,
  which: string,
): Promise<StoredApiKey> {
  const key = await chooseKey(deps.store, projectId, which);
  await deps.store.revoke(projectId, key.apiKeyId, new Date(deps.now()));
  return key;
}

/** @throws {ApiKeyChoiceError} when no active key, or more than one, matches */
export async function setApiKeyTier(
  deps: Pick<ApiKeyDeps, "store">,
  projectId: number,
  which: string,
  tier: Tier,
): Promise<StoredApiKey> {
  const key = await chooseKey(deps.store, projectId, which);
  await deps.store.setTier(projectId, key.apiKeyId, tier);
  return { ...key, tier };
}

/**
 * Sets how many requests a key may send in a day, whatever its tier says.
 *
 * @param rateLimitPerDay 1 or more; null: as many as the tier says
 * @throws {ApiKeyChoiceError} when no active key, or more than one, matches
 */
export async function setApiKeyDayLimit(
  deps: Pick<ApiKeyDeps, "store">,
  projectId: number,
  which: string,
  rateLimitPerDay: number | null,
): Promise<StoredApiKey> {
  const key = await chooseKey(deps.store, projectId, which);
  await deps.store.setRateLimitPerDay(projectId, key.apiKeyId, rateLimitPerDay);
  return { ...key, rateLimitPerDay };
}

async function chooseKey(store: ApiKeyStore, projectId: number, which: string): Promise<StoredApiKey> {
  const keys = (await store.list(projectId)).filter((key) => key.status !== "revoked");
  const matches = keys.filter((key) => key.apiKeyId === which || key.lastFour === which);
  const [match, another] = matches;
  if (match === undefined) throw new ApiKeyChoiceError(`No active key has the id or the last four characters ${which}`);
  if (another !== undefined) throw new ApiKeyChoiceError(`${matches.length} keys end in ${which}: give the id`);
  return match;
}
