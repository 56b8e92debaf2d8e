import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CachePaths } from "./cache-folder.ts";
import type { RegistrySettings } from "./registry-settings.ts";

// Below the hard limits of a container or sandbox that itself lacks CAP_SYS_RESOURCE; Podman would ask for a million.
const LIMITS = ["nofile=16384:16384", "nproc=16384:16384"];

/**
 * Writes Podman's own settings files into the cache folder, so that none of the machine's are read or changed.
 * @returns the environment that makes Podman use them; `build` also gives RUN steps the machine's npm settings
 */
export function writePodmanSettings(paths: CachePaths, registry: RegistrySettings) {
  for (const folder of [paths.store, paths.run, paths.networks, paths.temporary, paths.context])
    mkdirSync(folder, { recursive: true });
  const write = (name: string, lines: readonly string[]) => {
    const file = join(paths.settings, name);
    writeFileSync(file, `${lines.join("\n")}\n`);
    return file;
  };
  const quoted = (texts: readonly string[]) => `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;

  const storage = write("storage.conf", [
    "[storage]",
    'driver = "overlay"',
    `graphroot = ${JSON.stringify(paths.store)}`,
    `runroot = ${JSON.stringify(paths.run)}`,
  ]);
  // Nothing is to be pulled: a forgotten image must fail at once and not after a time-out.
  const registries = write("registries.conf", [
    'unqualified-search-registries = ["docker.io"]',
    'short-name-mode = "permissive"',
    "[[registry]]",
    'location = "docker.io"',
    "blocked = true",
  ]);
  const engineLines = [
    "[engine]",
    'runtime = "crun"',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    `tmp_dir = ${JSON.stringify(join(paths.run, "libpod"))}`,
    "[network]",
    'network_backend = "netavark"',
    `network_config_dir = ${JSON.stringify(paths.networks)}`,
  ];
  const npmrc = write("npmrc", registry.npmrcLines);
  const mounts = registry.npmrcLines.length > 0 ? [`${npmrc}:/root/.npmrc:ro`] : [];
  if (registry.certificates !== undefined) mounts.push(`${registry.certificates}:${registry.certificates}:ro`);
  const build = write("build.conf", [
    "[containers]",
    `default_ulimits = ${quoted(LIMITS)}`,
    `volumes = ${quoted(mounts)}`,
    ...engineLines,
  ]);
  const run = write("run.conf", [
    "[containers]",
    `default_ulimits = ${quoted(LIMITS)}`,
    // Control groups would be made outside the private namespaces and stay behind.
    'cgroups = "disabled"',
    'log_driver = "k8s-file"',
    ...engineLines,
  ]);
  const common = {
    CONTAINERS_STORAGE_CONF: storage,
    CONTAINERS_REGISTRIES_CONF: registries,
    BUILDAH_ISOLATION: "chroot",
    TMPDIR: paths.temporary,
  };
  return { build: { ...common, CONTAINERS_CONF: build }, run: { ...common, CONTAINERS_CONF: run } };
}
