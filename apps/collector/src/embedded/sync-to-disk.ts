import { closeSync, fsyncSync, openSync } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** File systems commit syncs that wait at the same time together. */
const SYNCS_AT_ONCE = 16;

/** A folder that may be written and not read, or a file system that syncs no folders: it cannot be asked for more. */
const CANNOT_BE_SYNCED = new Set(["EACCES", "EINVAL", "ENOTSUP"]);

/** Puts the names in a folder on the disk: what was made, renamed or deleted there, not what stands in the files. */
export function syncFolder(path: string): void {
  // Windows does that by itself, and opens no folder.
  if (process.platform === "win32") return;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    fsyncSync(descriptor);
  } catch (error) {
    if (!CANNOT_BE_SYNCED.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Puts every file and folder below a folder, and itself, on the disk. Files may come and go meanwhile. */
export async function syncTree(path: string): Promise<void> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const next = files.values();
  await Promise.all(
    Array.from({ length: SYNCS_AT_ONCE }, async () => {
      for (const file of next) await syncFile(file);
    }),
  );
  for (const entry of entries) if (entry.isDirectory()) syncFolder(join(entry.parentPath, entry.name));
  syncFolder(path);
}

async function syncFile(path: string): Promise<void> {
  try {
    // To write, as some systems want it.
    const file = await open(path, "r+");
    await file.sync().finally(() => file.close());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
