/** Where a browser on this machine reaches a server that listens on an address: nobody can open 0.0.0.0, every machine itself. */
export function listeningUrl(host: string, port: number): string {
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
