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
const CERTIFICATES = "cafile";

/** Reads the machine's npm settings: certificates, registry and proxies. Never a credential. */
export async function readRegistrySettings(): Promise<RegistrySettings> {
  const values = new Map<string, string>();
  for (const name of [CERTIFICATES, ...PASSED_ON]) {
    const { code, stdout } = await tryCommand("npm", ["config", "get", name], { timeoutMs: 30_000 });
    const value = stdout.trim();
    if (code === 0 && !["", "null", "undefined"].includes(value)) values.set(name, value);
  }
  const files = [values.get(CERTIFICATES), process.env.NODE_EXTRA_CA_CERTS];
  return registrySettings(
    values,
    files.find((file) => file !== undefined && existsSync(file)),
  );
}

/** Settings for RUN steps from npm's own. A value that carries a user name is left out: it comes with a password. */
export function registrySettings(
  values: ReadonlyMap<string, string>,
  certificates: string | undefined,
): RegistrySettings {
  const npmrcLines = certificates === undefined ? [] : [`cafile=${certificates}`];
  for (const name of PASSED_ON) {
    const value = values.get(name);
    if (value !== undefined && !value.includes("@")) npmrcLines.push(`${name}=${value}`);
  }
  if (npmrcLines.length > 0) npmrcLines.push("update-notifier=false");
  return { npmrcLines, certificates };
}
