import { isIPv4, isIPv6 } from "node:net";
import { normalizeIP } from "@fastify/rate-limit";

/** One customer of an IPv6 provider has a whole /64, so that is what counts as one address. */
const IPV6_PREFIX_BITS = 64;
const SITE_PREFIX_BITS = 56;
/** A site with 256 networks of IPv6 may ask as often as so many of them. */
export const NETWORKS_PER_SITE = 10;
const WHOLE_ADDRESS_BITS = 128;
const NAT64_PREFIX = "64:ff9b::";

/**
 * The network that counts as one client: an IPv4 address, also where it comes mapped (`::ffff:`) or translated (NAT64) into
 * IPv6, else the /64.
 */
export function networkOf(address: string): string {
  if (isIPv4(address)) return address;
  const zone = address.indexOf("%");
  const plain = zone === -1 ? address : address.slice(0, zone);
  if (!isIPv6(plain)) return "unknown";
  const canonical = normalizeIP(plain, WHOLE_ADDRESS_BITS);
  if (canonical.startsWith(NAT64_PREFIX)) return embeddedIpv4(canonical.slice(NAT64_PREFIX.length)) ?? canonical;
  return normalizeIP(canonical, IPV6_PREFIX_BITS);
}

/** The /56 that an IPv6 provider gives to one site, which has 256 of the networks above; undefined for IPv4. */
export function siteOf(address: string): string | undefined {
  if (!address.includes(":")) return undefined;
  const network = networkOf(address);
  return isIPv6(network) ? normalizeIP(network, SITE_PREFIX_BITS) : undefined;
}

function embeddedIpv4(rest: string): string | undefined {
  if (isIPv4(rest)) return rest;
  const groups = rest.split(":");
  if (groups.length > 2 || !groups.every((group) => /^[0-9a-f]{0,4}$/.test(group))) return undefined;
  const [low = 0, high = 0] = groups.reverse().map((group) => Number.parseInt(group || "0", 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
