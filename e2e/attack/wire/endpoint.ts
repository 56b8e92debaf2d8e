/** Where a collector listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Value of `Host` */
  readonly authority: string;
}

/** @param url origin of a collector, `http:` or `https:` */
export function endpointOf(url: string): Endpoint {
  const { protocol, hostname, port, host } = new URL(url);
  const secure = protocol === "https:";
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (secure ? 443 : 80) : Number(port),
    secure,
    authority: host,
  };
}
