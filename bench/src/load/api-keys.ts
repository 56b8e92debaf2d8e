import { createHash, randomBytes, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";

export interface ApiKey {
  /** the guide's id of it */
  readonly id: string;
  readonly text: string;
  /** lower-case SHA-256 hex: all that is stored of it */
  readonly hash: string;
}

export function makeApiKeys(count: number): readonly ApiKey[] {
  return Array.from({ length: count }, () => {
    const text = `wmc_${randomBytes(32).toString("hex")}`;
    return { id: randomUUID(), text, hash: createHash("sha256").update(text).digest("hex") };
  });
}

/** One key a line, for the load scripts. */
export function writeKeysFile(file: string, keys: readonly ApiKey[]): void {
  writeFileSync(file, `${keys.map((key) => key.text).join("\n")}\n`, { mode: 0o600 });
}
