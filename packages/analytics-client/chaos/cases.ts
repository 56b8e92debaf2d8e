import { BACKEND_NAMES, type BackendName } from "./backends.ts";

export interface SdkVersion {
  readonly name: string;
  /** Package name, or the alias that it is installed under. */
  readonly module: string;
  readonly major: 1 | 2;
}

export const SDK_VERSIONS: readonly SdkVersion[] = [
  { name: "v1 1.11", module: "sdk-1-11", major: 1 },
  { name: "v1 1.20", module: "sdk-1-20", major: 1 },
  { name: "v1 1.26", module: "sdk-1-26", major: 1 },
  { name: "v1 latest", module: "@modelcontextprotocol/sdk", major: 1 },
  { name: "v2 2.0", module: "server-2-0", major: 2 },
  { name: "v2 latest", module: "@modelcontextprotocol/server", major: 2 },
];

/** How the host comes to its end. */
export type Ending = "stdin closes" | "SIGTERM" | "SIGINT" | "SIGTERM, handled by the host";

export interface ChaosCase {
  readonly backend: BackendName;
  readonly transport: "stdio" | "http";
  readonly sdk: SdkVersion;
  /** Major version of Node. */
  readonly node: number;
  readonly ending: Ending;
}

export function nameOf({ backend, transport, sdk, node, ending }: ChaosCase): string {
  return `backend ${backend}, ${transport}, SDK ${sdk.name}, Node ${node}, ${ending}`;
}

const TRANSPORTS = ["stdio", "http"] as const;
const endingsOf = (transport: "stdio" | "http"): readonly Ending[] =>
  transport === "stdio"
    ? ["stdin closes", "SIGTERM", "SIGINT", "SIGTERM, handled by the host"]
    : ["SIGTERM", "SIGINT", "SIGTERM, handled by the host"];

/** Every combination. */
export function allCases(nodes: readonly number[]): ChaosCase[] {
  return BACKEND_NAMES.flatMap((backend) =>
    TRANSPORTS.flatMap((transport) =>
      SDK_VERSIONS.flatMap((sdk) =>
        nodes.flatMap((node) => endingsOf(transport).map((ending) => ({ backend, transport, sdk, node, ending }))),
      ),
    ),
  );
}

/**
 * A choice that takes a minute: every backend on both transports and both SDK majors, every SDK version and every Node with the two
 * backends that hurt most, every ending with those.
 */
export function chosenCases(nodes: readonly number[]): ChaosCase[] {
  const main = nodes[0];
  return allCases(nodes).filter(({ backend, transport, sdk, node, ending }) => {
    const isLatest = sdk.name.endsWith("latest");
    const isPlain = ending === (transport === "stdio" ? "stdin closes" : "SIGTERM");
    const hurts = backend === "hanging" || backend === "closed";
    if (isLatest && node === main && isPlain) return true;
    if (hurts && isPlain && transport === "stdio" && (isLatest || node === main)) return true;
    return backend === "hanging" && isLatest && node === main;
  });
}
