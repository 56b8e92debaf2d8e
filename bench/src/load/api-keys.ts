import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";

export interface ApiKey {
  /** the guide's id of it */
  readonly id: string;
  readonly text: string;
  /** lower-case SHA-256 hex: all that is stored of it */
  readonly hash: string;
}

/**
 * @param seed The same seed gives the same keys. Defaults to a random one. Keys of a known seed are for throw-away
 *   databases only.
 */
export function makeApiKeys(count: number, seed = randomBytes(32).toString("hex")): readonly ApiKey[] {
  return Array.from({ length: count }, (_, index) => {
    const text = `wmc_${sha256(`${seed}/${index}/text`)}`;
    return { id: uuidOf(sha256(`${seed}/${index}/id`)), text, hash: sha256(text) };
  });
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** UUID version 4 of the first hexadecimal digits. */
function uuidOf(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** One key a line, for the load scripts. */
export function writeKeysFile(file: string, keys: readonly ApiKey[]): void {
  writeFileSync(file, `${keys.map((key) => key.text).join("\n")}\n`, { mode: 0o600 });
}
