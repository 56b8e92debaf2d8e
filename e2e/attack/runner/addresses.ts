let count = 0;

/** An IPv4 address of the range for benchmarks (RFC 2544) that no case has used: it stands in headers, nobody is asked. */
export function freshAddress(): string {
  count += 1;
  return `198.${18 + ((count >> 16) & 1)}.${(count >> 8) & 255}.${count & 255}`;
}

let networks = 0;

/** Some 48 bits of the range for documentation (RFC 3849), as three groups, that no case has used. */
export function freshIpv6Site(): string {
  networks += 1;
  return `2001:db8:${(0x1000 + networks).toString(16)}`;
}
