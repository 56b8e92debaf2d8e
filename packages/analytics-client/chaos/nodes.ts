import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Versions of Node that the client promises to run on. */
export const NODE_MAJORS = [24, 20, 22, 26] as const;

/** Node binaries by major version: what runs here, what is on the PATH, and what npm has. */
export async function findNodes(majors: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  const onPath = (process.env.PATH ?? "").split(":").map((folder) => join(folder, "node"));
  for (const path of [process.execPath, ...onPath]) {
    const major = await majorOf(path);
    if (major !== undefined && majors.includes(major) && !found.has(major)) found.set(major, path);
  }
  for (const major of majors) {
    if (found.has(major)) continue;
    const path = await fromNpm(major).catch((error: Error) => {
      // What needs this version is skipped, and whoever reads that wants to know why.
      process.stderr.write(`Node ${major} could not be had from npm: ${error.message.trim().split("\n").at(-1)}\n`);
      return undefined;
    });
    if (path) found.set(major, path);
  }
  return new Map(majors.flatMap((major) => (found.has(major) ? [[major, found.get(major) ?? ""] as const] : [])));
}

async function majorOf(path: string): Promise<number | undefined> {
  if (!existsSync(path)) return undefined;
  try {
    return Number((await run(path, ["-p", "process.versions.node"])).stdout.split(".")[0]);
  } catch {
    return undefined;
  }
}

/** npm carries the plain binaries of Node as packages without install scripts. */
async function fromNpm(major: number): Promise<string | undefined> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(tmpdir(), "mcp-analytics-nodes", String(major));
  const path = join(folder, "node_modules", name, "bin/node");
  if (!existsSync(path)) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), '{"private":true}');
    await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${major}`], { cwd: folder });
  }
  return (await majorOf(path)) === major ? path : undefined;
}
