import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Config, ConfigError } from "../config.ts";
import { unusable } from "./data-folder-error.ts";
import { makeFolder } from "./make-folder.ts";
import { syncFolder } from "./sync-to-disk.ts";

/**
 * A configuration that has a master secret: the one given, else the one kept in the data folder, made on first use.
 *
 * @throws {DataFolderError} when the folder cannot be written, {ConfigError} when the file holds something else
 */
export function withMasterSecret(config: Config): Config {
  if (config.masterSecrets.length > 0) return config;
  return Object.freeze({ ...config, masterSecrets: [keptSecret(config.dataDir)] });
}

function keptSecret(dataDir: string): Buffer {
  const folder = resolve(dataDir);
  const file = join(folder, "master-secret");
  try {
    makeFolder(folder);
    writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { flag: "wx", mode: 0o600, flush: true });
    syncFolder(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw unusable(dataDir, error);
  }
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw unusable(dataDir, error);
  }
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new ConfigError("MASTER_SECRET", `given, or ${file} must hold 64 hexadecimal digits`);
  }
  return Buffer.from(text, "hex");
}
