import { type Engine, engineCommand } from "../engine.ts";
import { expectEqual, expectTrue } from "../expect.ts";
import { CHECKED_IMAGE } from "../image.ts";
import type { Case } from "../report.ts";

export const IMAGE_TITLE = "image";

export interface ImageState {
  engine: Engine;
}

/** Bytes that the collector, its dependencies and the dashboard may add to the Node image. */
const MAX_ADDED_BYTES = 100_000_000;

interface HealthCheck {
  Test: string[];
}

/** In the words of both engines; they differ in where they tell the health check. */
interface ImageDescription {
  Config: { User: string; StopSignal?: string; Healthcheck?: HealthCheck; Volumes?: Record<string, unknown> };
  Healthcheck?: HealthCheck;
  Size: number;
}

async function describe(engine: Engine, image: string): Promise<ImageDescription> {
  const [description] = JSON.parse(await engineCommand(engine, ["image", "inspect", image])) as ImageDescription[];
  if (description === undefined) throw new Error(`no image ${image}`);
  return description;
}

/** Files that match, seen from a container without any network. */
async function findInImage(engine: Engine, args: readonly string[]): Promise<string[]> {
  const run = ["run", "--rm", "--network=none", "--read-only", "--user=0", "--entrypoint=find", CHECKED_IMAGE, ...args];
  return (await engineCommand(engine, run)).split("\n").filter((line) => line !== "");
}

export const IMAGE_CASES: readonly Case<ImageState>[] = [
  {
    name: "says that it is not root, how to stop it, how it is healthy, and where its data lie",
    async check({ engine }) {
      const { Config: config, Healthcheck: healthCheck = config.Healthcheck } = await describe(engine, CHECKED_IMAGE);
      expectEqual("user", config.User, "node");
      expectEqual("stop signal", config.StopSignal, "SIGTERM");
      expectEqual("form of the health check", healthCheck?.Test[0], "CMD");
      expectTrue("/data is a volume", config.Volumes?.["/data"] !== undefined);
    },
  },
  {
    name: "adds little to the Node image",
    async check({ engine }) {
      const base = "node:24-bookworm-slim";
      const added = (await describe(engine, CHECKED_IMAGE)).Size - (await describe(engine, base)).Size;
      expectTrue(`${added} bytes added are less than ${MAX_ADDED_BYTES}`, added < MAX_ADDED_BYTES);
    },
  },
  {
    name: "holds no development dependency, no source, no settings of the building machine",
    async check({ engine }) {
      const unwanted = [
        "typescript",
        "vitest",
        "vite",
        "react",
        "@biomejs",
        "turbo",
        ".npmrc",
        ".git",
        "*.tsbuildinfo",
      ];
      const names = unwanted.flatMap((name) => ["-o", "-name", name]).slice(1);
      expectEqual("found", (await findInImage(engine, ["/app", "/root", "/data", "(", ...names, ")"])).join(" "), "");
      const sources = ["/app", "-name", "*.ts", "-not", "-path", "*/node_modules/*"];
      expectEqual("sources", (await findInImage(engine, sources)).join(" "), "");
    },
  },
  {
    name: "has nothing in it that the collector's user could change, but for /data",
    async check({ engine }) {
      expectEqual(
        "writable",
        (
          await findInImage(engine, ["/app", "(", "-user", "node", "-o", "-perm", "-o+w", ")", "-not", "-type", "l"])
        ).join(" "),
        "",
      );
      expectEqual(
        "folder",
        (await findInImage(engine, ["/data", "-maxdepth", "0", "-user", "node"])).join(" "),
        "/data",
      );
    },
  },
];
