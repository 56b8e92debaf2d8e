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

/**
 * One line on stderr. stdout belongs to the MCP transport and is never written. By the console, as it swallows the error of a
 * stderr that is closed.
 */
export function writeLine(message: string): void {
  console.error(`[mcp-analytics] ${message}`);
}
