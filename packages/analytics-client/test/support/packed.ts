import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const PACKAGE_FOLDER = fileURLToPath(new URL("../..", import.meta.url));

export interface Packed {
  /** An empty project in which the package is installed. */
  readonly folder: string;
  readonly tarball: Uint8Array<ArrayBuffer>;
  /** Paths in the tarball. */
  readonly files: readonly string[];
  /** Runs a program in the project; gives its stdout and stderr. */
  run(program: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }>;
  write(path: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

/** Packs the package as it would be published, and installs it into an empty project without any network. */
export async function installPacked(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), "mcp-analytics-client-"));
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: PACKAGE_FOLDER,
  });
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  const write = (path: string, text: string): Promise<void> => writeFile(join(folder, path), text);
  await write("package.json", JSON.stringify({ name: "empty", private: true }));
  const tarball = packed.filename.replace("@", "").replace("/", "-");
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`], { cwd: folder });
  return {
    folder,
    tarball: new Uint8Array(await readFile(join(folder, tarball))),
    files: packed.files.map(({ path }) => path).sort(),
    run: (program, args) => run(program, [...args], { cwd: folder }),
    write,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
