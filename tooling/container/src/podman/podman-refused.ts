import { namespacesRefused } from "./namespaces.ts";
import { installPodman } from "./packages.ts";

/** Why Podman cannot be had here, or undefined once it is installed and ready. */
export async function podmanRefused(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    return "no Docker engine answers, and Podman is set up only on Linux as root: start Docker, or run it as root on Debian";
  return (await namespacesRefused()) ?? (await installPodman());
}
