import { expect, test } from "vitest";
import { createAddressPartitions } from "../../src/limits/address-partition.ts";
import { networkOf, siteOf } from "../../src/limits/network-address.ts";
import { SimulatedClock } from "./simulated-clock.ts";

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:192.0.2.1", "192.0.2.1"],
  ["::ffff:c000:201", "192.0.2.1"],
  ["64:ff9b::192.0.2.1", "192.0.2.1"],
  ["64:ff9b::c000:201", "192.0.2.1"],
  ["64:ff9b:0:0:0:0:c000:201", "192.0.2.1"],
  ["0064:ff9b::192.0.2.1", "192.0.2.1"],
  ["0:0:0:0:0:ffff:c000:201", "192.0.2.1"],
])("%s counts as the IPv4 address %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test("two IPv4 clients are two, however they arrive", () => {
  for (const prefix of ["", "::ffff:", "64:ff9b::"]) {
    expect(networkOf(`${prefix}192.0.2.1`)).not.toBe(networkOf(`${prefix}192.0.2.2`));
  }
});

test("all addresses of one /64 count as one, and the next /64 as another", () => {
  const one = networkOf("2001:db8:1:2::1");
  expect(networkOf("2001:DB8:1:2:ffff:ffff:ffff:ffff")).toBe(one);
  expect(networkOf("2001:db8:1:2::1%eth0")).toBe(one);
  expect(networkOf("2001:db8:1:3::1")).not.toBe(one);
});

test("the networks of one /56 are one site; IPv4 addresses are none, however they are written", () => {
  const site = siteOf("2001:db8:1:ab00::1");
  expect(siteOf("2001:db8:1:abff:1::")).toBe(site);
  expect(siteOf("2001:db8:1:ac00::1")).not.toBe(site);
  for (const address of ["192.0.2.1", "::ffff:192.0.2.1", "64:ff9b::c000:201", "x"]) {
    expect(siteOf(address)).toBeUndefined();
  }
});

test("what is no address counts as one client", () => {
  expect(networkOf('"; drop')).toBe("unknown");
  expect(networkOf("1.2.3.4:5555")).toBe("unknown");
});

test("a partition says nothing of the address, is the same on every replica, and changes every day", () => {
  const clock = new SimulatedClock();
  const secret = Buffer.alloc(32, 1);
  const partitionOf = createAddressPartitions(secret, clock.now);
  const today = partitionOf("192.0.2.1");
  expect(today).toMatch(/^[0-9a-f]{32}$/);
  expect(partitionOf("::ffff:192.0.2.1")).toBe(today);
  expect(createAddressPartitions(secret, clock.now)("192.0.2.1")).toBe(today);
  expect(createAddressPartitions(Buffer.alloc(32, 2), clock.now)("192.0.2.1")).not.toBe(today);
  clock.advance(86_400_000);
  expect(partitionOf("192.0.2.1")).not.toBe(today);
});
