const HOST = /^(?:[A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;

/**
 * Whether a `Host` is one name or address with at most a port. Two of them arrive joined by a comma and so are none. Only
 * HTTP/1.0 needs none.
 */
export function isHost(host: string | undefined, httpVersion: string): boolean {
  return host === undefined ? httpVersion === "1.0" : HOST.test(host);
}
