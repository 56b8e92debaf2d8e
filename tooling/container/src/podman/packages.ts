import { tryCommand } from "../command.ts";
import { progress } from "../report.ts";

const PACKAGES = [
  "podman",
  "crun",
  "netavark",
  "aardvark-dns",
  "iptables",
  "catatonit",
  "uidmap",
  "mmdebstrap",
  "docker-compose",
  "iproute2",
];

/**
 * Installs Podman and what it needs from the system's packages, where they are missing.
 * @returns why that could not be done, or undefined when all is there
 */
export async function installPodman(): Promise<string | undefined> {
  const missing: string[] = [];
  for (const name of PACKAGES) {
    const { stdout } = await tryCommand("dpkg", ["--status", name]);
    if (!stdout.includes("Status: install ok installed")) missing.push(name);
  }
  if (missing.length === 0) return undefined;
  progress(`Installing ${missing.join(", ")} with apt (once on this machine) ...`);
  const wait = ["-o", "DPkg::Lock::Timeout=300"];
  const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, timeoutMs: 600_000 };
  // The lists may be there already, or another apt holds them: only the installation decides.
  await tryCommand("apt-get", [...wait, "update"], options);
  const { code, stderr } = await tryCommand(
    "apt-get",
    [...wait, "install", "--yes", "--no-install-recommends", ...missing],
    options,
  );
  return code === 0 ? undefined : `apt could not install Podman: ${stderr.trim().split("\n").at(-1)}`;
}
