/** Says one thing to the person who runs the server. */
export type Notice = (message: string) => void;

/** Writes the first message to stderr and drops every later one: analytics may take one line of a host's log, no more. */
export function createNotice(): Notice {
  let said = "";
  return (message) => {
    if (!said) writeLine(message);
    said = message;
  };
}

/** One line on stderr. stdout belongs to the MCP transport and is never written. */
export function writeLine(message: string): void {
  try {
    process.stderr.write(`[mcp-analytics] ${message}\n`);
  } catch {
    // A closed stderr is no reason to fail.
  }
}
