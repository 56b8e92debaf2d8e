import type { IncomingMessage } from "node:http";
import { isIPv4, isIPv6 } from "node:net";
import proxyAddr from "@fastify/proxy-addr";

/** The address of the client of a request. */
export type AddressOf = (request: IncomingMessage) => string;

/**
 * What a trusted proxy says the address is, if that is an address, else the other end of the connection.
 *
 * @param trustProxy CIDRs of the proxies whose `X-Forwarded-For` is believed; none: the address of the connection counts
 */
export function createAddressOf(trustProxy: readonly string[]): AddressOf {
  const addressOfPeer: AddressOf = ({ socket }) => socket.remoteAddress ?? "";
  if (trustProxy.length === 0) return addressOfPeer;
  const isTrusted = proxyAddr.compile([...trustProxy]);
  return (request) => {
    const claimed = proxyAddr(request, isTrusted);
    return isIPv4(claimed) || isIPv6(claimed) ? claimed : addressOfPeer(request);
  };
}
