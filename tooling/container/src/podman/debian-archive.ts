import { existsSync, renameSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { runCommand } from "../command.ts";
import { progress } from "../report.ts";
import type { CachePaths } from "./cache-folder.ts";

const LEAVE_OUT = ["man", "locale", "info", "doc"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);

/** Makes the archive of a minimal system of this machine's own release, with its security updates. Reused when there. */
export async function makeDebianArchive(paths: CachePaths): Promise<void> {
  if (existsSync(paths.debianArchive)) return;
  progress("Making a minimal base system (once) ...");
  const release = /^VERSION_CODENAME=(.+)$/m.exec(await readFile("/etc/os-release", "utf8"))?.[1];
  if (release === undefined) throw new Error("/etc/os-release names no release");
  const part = `${paths.debianArchive}.part`;
  rmSync(part, { force: true });
  await runCommand(
    "mmdebstrap",
    [
      "--quiet",
      "--format=tar",
      "--variant=minbase",
      "--mode=root",
      "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
      "--include=usr-is-merged,libstdc++6",
      '--aptopt=Acquire::Languages "none"',
      ...LEAVE_OUT,
      "--dpkgopt=path-include=/usr/share/doc/*/copyright",
      release,
      part,
      ...(await packageSources(release)),
    ],
    { logFile: paths.log, timeoutMs: 600_000 },
  );
  renameSync(part, paths.debianArchive);
}

/** The machine's own sources of the distribution, as lines of a sources.list; no third party's. */
async function packageSources(release: string): Promise<string[]> {
  const listed = await runCommand("apt-get", [
    "indextargets",
    "--format",
    "$(ORIGIN) deb $(REPO_URI) $(RELEASE) $(COMPONENT)",
    "Created-By: Packages",
  ]);
  const sources = new Set<string>();
  for (const line of listed.trim().split("\n")) {
    const [origin, ...source] = line.split(" ");
    if (/^(Debian|Ubuntu)$/.test(origin ?? "") && source[2]?.startsWith(release)) sources.add(source.join(" "));
  }
  if (sources.size === 0) throw new Error(`apt knows no sources of ${release}: run "apt-get update" first`);
  return [...sources];
}
