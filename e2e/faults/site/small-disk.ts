import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SIZE_MIB = 16;

/** A disk in memory that can be filled up. */
export interface SmallDisk {
  readonly folder: string;
  fill(): void;
  free(): void;
  remove(): void;
}

/**
 * Mounts a small disk; undefined where this user may not mount.
 *
 * @param like a folder whose owner is to own it
 */
export function mountSmallDisk(like: string): SmallDisk | undefined {
  const mountPoint = mkdtempSync(join(tmpdir(), "mcp-analytics-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE_MIB}m,mode=0755`, "tmpfs", mountPoint], {
      stdio: "ignore",
    });
  } catch {
    rmSync(mountPoint, { recursive: true, force: true });
    return undefined;
  }
  const { uid, gid } = statSync(like);
  chownSync(mountPoint, uid, gid);
  const filler = join(mountPoint, "filler");
  const remove = () => {
    process.removeListener("exit", remove);
    execFileSync("umount", ["-l", mountPoint], { stdio: "ignore" });
    rmSync(mountPoint, { recursive: true, force: true });
  };
  // A run that breaks down leaves no disk behind either.
  process.once("exit", remove);
  return {
    folder: mountPoint,
    fill() {
      const page = Buffer.alloc(4096);
      try {
        for (;;) writeFileSync(filler, page, { flag: "a" });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
    },
    free: () => rmSync(filler, { force: true }),
    remove,
  };
}
