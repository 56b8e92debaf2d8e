import type { IncomingMessage } from "node:http";
import proxyAddr from "@fastify/proxy-addr";
import type { FastifyRequest } from "fastify";
import { describe, expect, test } from "vitest";
import { clientAddress, createTrustProxy } from "../../src/http/client-address.ts";

const PROXIES = ["10.0.0.0/8", "2001:db8:ffff::/48"];

/** What the address is when this peer says this in `X-Forwarded-For`. */
function addressOf(trustProxy: readonly string[], peer: string | undefined, forwarded?: string): string {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  const raw = { headers, socket: { remoteAddress: peer } } as unknown as IncomingMessage;
  const trust = createTrustProxy(trustProxy);
  // As Fastify works `request.ip` out.
  const ip = trust === false ? peer : proxyAddr(raw, trust);
  return clientAddress({ raw, ip } as FastifyRequest);
}

describe("without a trusted proxy", () => {
  test.each(["198.51.100.1", "198.51.100.1, 10.0.0.1", "2001:db8::1", "unknown", ""])(
    "X-Forwarded-For: %s is ignored",
    (forwarded) => {
      expect(addressOf([], "203.0.113.9", forwarded)).toBe("203.0.113.9");
      expect(addressOf([], "2001:db8:1::9", forwarded)).toBe("2001:db8:1::9");
      expect(addressOf([], "127.0.0.1", forwarded)).toBe("127.0.0.1");
    },
  );
});

describe("with trusted proxies", () => {
  test("a peer that is none of them is the client, whatever it forwards", () => {
    expect(addressOf(PROXIES, "203.0.113.9", "198.51.100.1")).toBe("203.0.113.9");
    expect(addressOf(PROXIES, "11.0.0.1", "198.51.100.1")).toBe("11.0.0.1");
    expect(addressOf(PROXIES, "2001:db8:fffe::1", "198.51.100.1")).toBe("2001:db8:fffe::1");
    expect(addressOf(PROXIES, "::ffff:203.0.113.9", "198.51.100.1")).toBe("::ffff:203.0.113.9");
  });

  test.each([
    ["the only address", "198.51.100.1", "198.51.100.1"],
    ["the last of several, so that a client cannot pretend to be another", "192.0.2.1, 198.51.100.1", "198.51.100.1"],
    ["the last that is no proxy", "192.0.2.1, 198.51.100.1, 10.1.2.3, 10.9.9.9", "198.51.100.1"],
    ["the first where all of them are proxies", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
    ["an address without the blanks around it", "192.0.2.1 ,  198.51.100.1 ", "198.51.100.1"],
    ["of IPv6", "192.0.2.1, 2001:db8::1", "2001:db8::1"],
    ["of IPv6 behind a proxy of IPv6", "2001:db8::1, 2001:db8:ffff::2", "2001:db8::1"],
    ["of IPv4 that comes mapped", "192.0.2.1, ::ffff:198.51.100.1", "::ffff:198.51.100.1"],
    ["of IPv4 behind a proxy that comes mapped", "198.51.100.1, ::ffff:10.0.0.2", "198.51.100.1"],
    ["of IPv4 with a port", "192.0.2.1:7, 198.51.100.1:8080", "198.51.100.1"],
    ["of IPv4 with a port behind a proxy with one", "198.51.100.1:8080, 10.1.2.3:443", "198.51.100.1"],
    ["of IPv6 in brackets", "[2001:db8::1]", "2001:db8::1"],
    ["of IPv6 with a port", "[2001:db8::1]:8080", "2001:db8::1"],
  ])("the client is %s", (_what, forwarded, expected) => {
    for (const peer of ["10.0.0.1", "::ffff:10.0.0.1", "2001:db8:ffff::1"]) {
      expect(addressOf(PROXIES, peer, forwarded)).toBe(expected);
    }
  });

  test("a mapped proxy is trusted whichever way it is listed", () => {
    expect(addressOf(["10.0.0.1"], "::ffff:10.0.0.1", "198.51.100.1")).toBe("198.51.100.1");
    expect(addressOf(["::ffff:10.0.0.1"], "10.0.0.1", "198.51.100.1")).toBe("198.51.100.1");
  });

  test.each([
    ["nothing", undefined],
    ["an empty text", ""],
    ["a word", "unknown"],
    ["a hidden name", "_gateway"],
    ["a host", "client.example"],
    ["a port that is none", "198.51.100.1:http"],
    ["brackets that do not end", "[2001:db8::1"],
    ["an address with too large a number", "198.51.100.256"],
    ["a word behind an address", "198.51.100.1, unknown"],
    ["a word before another proxy", "198.51.100.1, unknown, 10.0.0.2"],
    ["text that would break a line", "198.51.100.1\u0000"],
  ])("%s is no address: the peer counts", (_what, forwarded) => {
    expect(addressOf(PROXIES, "10.0.0.1", forwarded)).toBe("10.0.0.1");
    expect(addressOf(PROXIES, "2001:db8:ffff::1", forwarded)).toBe("2001:db8:ffff::1");
  });
});

test.each([
  ["no proxy is trusted", []],
  ["proxies are trusted", PROXIES],
])("a connection that has gone has the empty address, and nothing is thrown, where %s", (_where, trustProxy) => {
  expect(addressOf(trustProxy, undefined)).toBe("");
  expect(addressOf(trustProxy, undefined, "198.51.100.1")).toBe("");
});
