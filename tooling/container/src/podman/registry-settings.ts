import { existsSync } from "node:fs";
import { tryCommand } from "../command.ts";

/** What npm inside a RUN step needs to reach the package registry the way this machine does. */
export interface RegistrySettings {
  /** Lines of an npmrc; none on a machine with npm's own defaults. */
  npmrcLines: string[];
  /** File with the certificate authorities to trust, where the machine has set one. */
  certificates: string | undefined;
}

const PASSED_ON = ["registry", "proxy", "https-proxy", "noproxy"];

/** Reads the machine's npm settings: certificates, registry and proxies. Never a credential. */
export async function readRegistrySettings(): Promise<RegistrySettings> {
  const setting = async (name: string) => {
    const { code, stdout } = await tryCommand("npm", ["config", "get", name], { timeoutMs: 30_000 });
    const value = stdout.trim();
    return code !== 0 || value === "" || value === "null" || value === "undefined" ? undefined : value;
  };
  const certificates = [await setting("cafile"), process.env.NODE_EXTRA_CA_CERTS].find(
    (file) => file !== undefined && existsSync(file),
  );
  const npmrcLines = certificates === undefined ? [] : [`cafile=${certificates}`];
  for (const name of PASSED_ON) {
    const value = await setting(name);
    // A URL with a user name in it carries a credential.
    if (value !== undefined && !value.includes("@")) npmrcLines.push(`${name}=${value}`);
  }
  if (npmrcLines.length > 0) npmrcLines.push("update-notifier=false");
  return { npmrcLines, certificates };
}
