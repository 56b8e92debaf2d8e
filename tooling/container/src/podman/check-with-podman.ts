import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CaseResult, Listener } from "../report.ts";
import { skipImage } from "../run-scenarios.ts";
import { cachePaths } from "./cache-folder.ts";
import { holdLock } from "./hold-lock.ts";
import { runInNamespaces } from "./namespaces.ts";

const PHASE = join(import.meta.dirname, "phase.ts");

/**
 * Builds and runs everything with Podman, in namespaces of its own: the build may reach package registries, the run reaches nothing
 * but itself.
 * @param cacheFolder keeps images and layers for the next run
 */
export async function checkWithPodman(cacheFolder: string, listener: Listener): Promise<void> {
  const paths = cachePaths(cacheFolder);
  mkdirSync(paths.settings, { recursive: true });
  const release = await holdLock(paths.lock);
  rmSync(paths.log, { force: true });
  let composeImages: unknown;
  let built = false;
  const onLine = (line: string) => {
    const said = JSON.parse(line) as { result?: CaseResult; composeImages?: unknown };
    composeImages ??= said.composeImages;
    if (said.result === undefined) return;
    listener(said.result);
    built ||= said.result.outcome === "passed";
  };
  try {
    await runInNamespaces("machine", PHASE, ["build", cacheFolder], onLine);
    if (!built) return skipImage("the image did not build", listener);
    await runInNamespaces("own", PHASE, ["run", cacheFolder, JSON.stringify(composeImages)], onLine);
  } finally {
    release();
  }
}
