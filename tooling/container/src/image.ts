import { join } from "node:path";
import { type Engine, engineCommand } from "./engine.ts";

export const REPOSITORY_FOLDER = join(import.meta.dirname, "..", "..", "..");
/** Not the name that people use, so that a check never replaces the image they run. */
export const CHECKED_IMAGE = "localhost/mcp-analytics-collector:checked";

const BUILD_OPTIONS = {
  docker: [],
  // Health checks need Docker's format. Nothing is pulled, and a step reaches the network as the machine does.
  podman: ["--format=docker", "--pull=never", "--network=host", "--layers"],
};

/** Builds the image from apps/collector/Dockerfile. */
export async function buildImage(engine: Engine, logFile?: string): Promise<void> {
  const file = join("apps", "collector", "Dockerfile");
  await engineCommand(engine, ["build", ...BUILD_OPTIONS[engine.cli], "--file", file, "--tag", CHECKED_IMAGE, "."], {
    cwd: REPOSITORY_FOLDER,
    timeoutMs: 900_000,
    ...(logFile === undefined ? {} : { logFile }),
  });
}
