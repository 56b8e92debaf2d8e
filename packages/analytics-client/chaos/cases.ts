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
export type Ending = "stdin closes" | "SIGTERM" | "SIGINT" | "SIGTERM, handled by the host" | "process.exit" | "crash";

/** What its own exit or crash allows nobody to send. */
export const isAbrupt = (ending: Ending): boolean => ending === "process.exit" || ending === "crash";

export interface ChaosCase {
  readonly backend: BackendName;
  readonly transport: "stdio" | "http";
  readonly sdk: SdkVersion;
  /** Major version of Node. */
  readonly node: number;
  readonly ending: Ending;
  /** Used in place of the client of this repository. */
  readonly peer?: PeerName;
}

/** Published packages that can be run through the same cases. */
export const PEER_NAMES = ["agentcat", "posthog", "sentry"] as const;
export type PeerName = (typeof PEER_NAMES)[number];

export function nameOf({ backend, transport, sdk, node, ending, peer }: ChaosCase): string {
  return `${peer ? `${peer}, ` : ""}backend ${backend}, ${transport}, SDK ${sdk.name}, Node ${node}, ${ending}`;
}

const TRANSPORTS = ["stdio", "http"] as const;
const ENDINGS: readonly Ending[] = ["SIGTERM", "SIGINT", "SIGTERM, handled by the host", "process.exit", "crash"];
const endingsOf = (transport: "stdio" | "http"): readonly Ending[] =>
  transport === "stdio" ? ["stdin closes", ...ENDINGS] : ENDINGS;

/** Every combination of backend, transport, SDK and Node; the endings take turns, so that each backend meets each of them. */
export function allCases(nodes: readonly number[]): ChaosCase[] {
  return BACKEND_NAMES.flatMap((backend) =>
    TRANSPORTS.flatMap((transport) =>
      SDK_VERSIONS.flatMap((sdk, sdkAt) =>
        nodes.map((node, nodeAt) => {
          const endings = endingsOf(transport);
          return { backend, transport, sdk, node, ending: endings[(sdkAt + nodeAt) % endings.length] as Ending };
        }),
      ),
    ),
  );
}

/**
 * A choice of those for the tests: every backend once on each transport, with SDK and Node taking turns, and all that hurt most,
 * where nobody answers, with the latest SDKs on every Node.
 */
export function chosenCases(nodes: readonly number[]): ChaosCase[] {
  const perTransport = SDK_VERSIONS.length * nodes.length;
  return allCases(nodes).filter(({ backend, transport, sdk }, at) => {
    const group = Math.floor(at / perTransport);
    // A step that has no divisor in common with the size of a group visits every SDK and every Node.
    if (at % perTransport === (group * 5) % perTransport) return true;
    return transport === "stdio" && (backend === "hanging" || backend === "black hole") && sdk.name.endsWith("latest");
  });
}

/** The cases of the peers: every backend, transport and ending, with the SDK and the Node that all of them know. */
export function peerCases(nodes: readonly number[]): ChaosCase[] {
  const plain = allCases(nodes).filter(({ sdk, node }) => sdk.name === "v1 latest" && node === nodes[0]);
  return PEER_NAMES.flatMap((peer) =>
    plain.flatMap((entry) => endingsOf(entry.transport).map((ending) => ({ ...entry, ending, peer }))),
  );
}
