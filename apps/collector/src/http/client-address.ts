import { BlockList, isIP, isIPv6 } from "node:net";
import proxyAddr from "@fastify/proxy-addr";
import type { FastifyInstance, FastifyRequest } from "fastify";

const MAX_KNOWN_PROXIES = 1_000;

/** `1.2.3.4:5678` and `[::1]:5678`, as some proxies write it into `X-Forwarded-For`. */
const WITH_PORT = /^(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([0-9A-Fa-f:.]+)\])(?::\d{1,5})?$/;

function withoutPort(text: string): string {
  const [, ipv4, ipv6] = WITH_PORT.exec(text) ?? [];
  return ipv4 ?? ipv6 ?? text;
}

/**
 * Fastify's `trustProxy` for a list of networks.
 *
 * @param networks CIDRs of the proxies whose `X-Forwarded-For` is believed; none: no proxy is
 */
export function createTrustProxy(networks: readonly string[]): false | ((address: string, hop: number) => boolean) {
  if (networks.length === 0) return false;
  const isTrusted = proxyAddr.compile([...networks]);
  // The peer of every request is one of a few proxies, and each look would parse it.
  const proxies = new Set<string>();
  return (address, hop) => {
    if (proxies.has(address)) return true;
    if (!isTrusted(withoutPort(address), hop)) return false;
    if (proxies.size < MAX_KNOWN_PROXIES && isIP(address) !== 0) proxies.add(address);
    return true;
  };
}

declare module "fastify" {
  interface FastifyRequest {
    /** Address of the client once `clientAddress` has worked it out: Fastify parses `X-Forwarded-For` at each look at `ip`. */
    address?: string;
  }
}

/** The address that a trusted proxy reports, if it is one, else the peer's. Empty when the connection is gone. */
export function clientAddress(request: FastifyRequest): string {
  request.address ??= readAddress(request);
  return request.address;
}

function readAddress({ ip, raw }: FastifyRequest): string {
  if (isIP(ip) !== 0) return ip;
  const reported = withoutPort(ip ?? "");
  return isIP(reported) === 0 ? (raw.socket.remoteAddress ?? "") : reported;
}

const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ["10.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  PRIVATE.addSubnet(network, prefix, "ipv4");
}
PRIVATE.addAddress("::1", "ipv6");
PRIVATE.addSubnet("fc00::", 7, "ipv6");
PRIVATE.addSubnet("fe80::", 10, "ipv6");

const isPrivate = (address: string) => isIP(address) !== 0 && PRIVATE.check(address, isIPv6(address) ? "ipv6" : "ipv4");

/**
 * Warns once when a peer in a private network sends `X-Forwarded-For` and is not trusted: it is probably a proxy, and all
 * its clients share one limit then.
 */
export function warnOfUntrustedProxy(app: FastifyInstance, networks: readonly string[]): void {
  const trust = createTrustProxy(networks);
  let warned = false;
  app.addHook("onRequest", function untrustedProxy(request, _reply, done) {
    if (!warned && request.headers["x-forwarded-for"] !== undefined) {
      const peer = request.raw.socket.remoteAddress ?? "";
      const isTrusted = trust !== false && trust(peer, 0);
      if (!isTrusted && isPrivate(peer)) {
        warned = true;
        app.log.warn(
          "a private peer forwards addresses and is not trusted, so its clients share one limit: if it is your proxy, add its network to TRUST_PROXY",
        );
      }
    }
    done();
  });
}
