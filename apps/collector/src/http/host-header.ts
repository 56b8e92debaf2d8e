const HOST = /^(?:[A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;

/**
 * Whether a `Host` is one name or address with at most a port. A repeated header arrives joined by a comma and fails. Only
 * HTTP/1.0 needs no `Host`.
 */
export function isHost(host: string | undefined, httpVersion: string): boolean {
  return host === undefined ? httpVersion === "1.0" : HOST.test(host);
}
