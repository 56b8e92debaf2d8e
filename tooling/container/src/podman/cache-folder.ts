import { join } from "node:path";

/** Where Podman keeps images and layers between runs. Throw-away: it may be deleted whenever nothing runs. */
export const DEFAULT_CACHE_FOLDER = "/var/tmp/mcp-analytics-containers";

/** Every path inside the cache folder. */
export function cachePaths(folder: string) {
  return {
    folder,
    lock: join(folder, "lock"),
    /** images and layers */
    store: join(folder, "store"),
    /** state of running containers; each phase mounts a fresh one */
    run: join(folder, "run"),
    settings: join(folder, "settings"),
    networks: join(folder, "settings", "networks"),
    temporary: join(folder, "tmp"),
    debianArchive: join(folder, "debian.tar"),
    /** what the stand-in images are built from */
    context: join(folder, "context"),
    log: join(folder, "last-run.log"),
    socket: join(folder, "podman.sock"),
  };
}

export type CachePaths = ReturnType<typeof cachePaths>;
