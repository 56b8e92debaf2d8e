import type { Engine } from "../engine.ts";
import { buildImage } from "../image.ts";
import type { Case } from "../report.ts";

export const BUILD_TITLE = "build";

export interface BuildState {
  engine: Engine;
  /** Gets what the build prints. */
  logFile?: string;
}

export const BUILD_CASES: readonly Case<BuildState>[] = [
  {
    name: "the image builds from apps/collector/Dockerfile",
    opensTheWay: true,
    check: ({ engine, logFile }) => buildImage(engine, logFile),
  },
];
