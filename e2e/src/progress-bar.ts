const WIDTH = 32;

export interface ProgressBar {
  update(done: number): void;
  /** Removes the bar, so that the next line starts clean. */
  end(): void;
}

/** A bar on stderr when that is a terminal; silent elsewhere. */
export function progressBar(label: string, total: number, stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  if (stream.isTTY !== true) return { update: () => {}, end: () => {} };
  return {
    update(done) {
      const filled = Math.round((WIDTH * done) / Math.max(1, total));
      stream.write(`\r${label} ${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${done}/${total}`);
    },
    end() {
      stream.write(`\r${" ".repeat(label.length + WIDTH + 24)}\r`);
    },
  };
}
