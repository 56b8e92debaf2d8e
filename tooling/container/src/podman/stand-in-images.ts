import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type CommandOptions, runCommand, tryCommand } from "../command.ts";
import { progress } from "../report.ts";
import type { CachePaths } from "./cache-folder.ts";
import { makeDebianArchive } from "./debian-archive.ts";

const IMAGES_FOLDER = join(import.meta.dirname, "..", "..", "images");
const REPOSITORY = join(import.meta.dirname, "..", "..", "..", "..");
/** The npm that the stand-in for the Node image carries. */
const NPM = "npm@11.21.2";
/** The name under which the Dockerfile asks for it, so that it builds as it is. */
const NODE_IMAGE = "docker.io/library/node:24-bookworm-slim";
const DEBIAN_IMAGE = "localhost/mcp-analytics-debian:current";

/**
 * Builds what a registry would have: Node, PostgreSQL and Redis on a minimal base. An image is built again only when its recipe
 * has changed.
 * @returns the images of PostgreSQL and Redis, as variables of deploy/compose.yaml
 */
export async function buildStandInImages(paths: CachePaths, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  const options: CommandOptions = { env, logFile: paths.log, timeoutMs: 600_000 };
  const nodeBinary = createRequire(join(REPOSITORY, "package.json")).resolve(`node-linux-${process.arch}/bin/node`);
  const nodeVersion = (await runCommand(nodeBinary, ["--version"])).trim();
  const recipe = createHash("sha256");
  for (const name of readdirSync(IMAGES_FOLDER).sort()) recipe.update(readFileSync(join(IMAGES_FOLDER, name)));
  const version = recipe.update(nodeVersion).update(NPM).digest("hex").slice(0, 12);
  const image = (name: string) => `localhost/mcp-analytics-${name}:${version}`;
  const isThere = async (name: string) => (await tryCommand("podman", ["image", "exists", name], { env })).code === 0;

  await makeDebianArchive(paths);
  if (!(await isThere(DEBIAN_IMAGE)))
    await runCommand("podman", ["import", "--quiet", paths.debianArchive, DEBIAN_IMAGE], options);
  for (const target of ["node", "postgres", "redis"]) {
    if (await isThere(image(target))) continue;
    progress(`Building the stand-in image for ${target} (once) ...`);
    rmSync(paths.context, { recursive: true, force: true });
    mkdirSync(paths.context, { recursive: true });
    if (target === "node") await layOutNode(paths, nodeBinary);
    copyFileSync(join(IMAGES_FOLDER, "postgres-entrypoint.sh"), join(paths.context, "postgres-entrypoint.sh"));
    await runCommand(
      "podman",
      [
        ...["build", "--format=docker", "--pull=never", "--network=host", "--layers", "--quiet"],
        ...["--file", join(IMAGES_FOLDER, "stand-ins.Dockerfile"), "--target", target, "--tag", image(target)],
        paths.context,
      ],
      options,
    );
  }
  await runCommand("podman", ["tag", image("node"), NODE_IMAGE], options);
  await removeFormerStandIns(version, env);
  return { POSTGRES_IMAGE: image("postgres"), REDIS_IMAGE: image("redis") };
}

/** Images of recipes that are no more. */
async function removeFormerStandIns(version: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { stdout } = await tryCommand("podman", ["images", "--format", "{{.Repository}}:{{.Tag}}"], { env });
  const former = stdout
    .split("\n")
    .filter((name) => /^localhost\/mcp-analytics-(node|postgres|redis):/.test(name) && !name.endsWith(`:${version}`));
  if (former.length > 0) await tryCommand("podman", ["image", "rm", ...former], { env });
}

/** Lays out /usr/local of the Node image: the workspace's own Node, npm, and the entry point. */
async function layOutNode(paths: CachePaths, nodeBinary: string): Promise<void> {
  const root = join(paths.context, "node");
  const bin = join(root, "bin");
  const npm = join(root, "lib", "node_modules", "npm");
  for (const folder of [bin, npm]) mkdirSync(folder, { recursive: true });
  copyFileSync(nodeBinary, join(bin, "node"));
  copyFileSync(join(dirname(nodeBinary), "..", "LICENSE"), join(root, "LICENSE"));
  copyFileSync(join(IMAGES_FOLDER, "node-entrypoint.sh"), join(bin, "docker-entrypoint.sh"));
  const options = { cwd: paths.context, timeoutMs: 120_000 };
  const archive = (await runCommand("npm", ["pack", "--silent", NPM], options)).trim().split("\n").at(-1) ?? "";
  await runCommand("tar", ["-xzf", archive, "-C", npm, "--strip-components=1", "--no-same-owner"], options);
  rmSync(join(paths.context, archive));
  for (const name of ["npm", "npx"]) {
    chmodSync(join(npm, "bin", `${name}-cli.js`), 0o755);
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
  }
  for (const name of ["node", "docker-entrypoint.sh"]) chmodSync(join(bin, name), 0o755);
}
