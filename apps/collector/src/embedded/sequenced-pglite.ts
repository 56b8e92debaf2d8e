import { type ExecProtocolOptionsStream, PGlite } from "@electric-sql/pglite";

const SYNC = Uint8Array.of(0x53, 0, 0, 0, 4);
const STARTUP = 0;
/** Query and Sync end what a client has begun; Terminate and Password begin nothing. */
const ENDS = new Set(["Q", "S"].map((type) => type.charCodeAt(0)));
const NEUTRAL = new Set([STARTUP, ..."Xp"].map((type) => (typeof type === "number" ? type : type.charCodeAt(0))));

/** Severity field of an error that ends a backend; text of a row cannot hold a zero byte. */
const FATAL_SEVERITIES = ["VFATAL\0", "VPANIC\0"];

/**
 * A database whose connections cannot get into each other's way. Its socket server hands it single messages and keeps
 * the messages of other connections back only inside a transaction. But there is one backend with one unnamed portal:
 * between the Parse and the Sync of one connection nothing of another may come, or it would run the wrong statement.
 * So this one says that it is in a transaction from the first of these messages to the last.
 */
export class SequencedPGlite extends PGlite {
  /**
   * Called when the database has broken down and can only be opened anew. Must not return: after an error that ends a
   * backend the engine would report it for ever.
   */
  onFatal: () => void = () => {};
  #midSequence = false;

  override isInTransaction(): boolean {
    return this.#midSequence || super.isInTransaction();
  }

  override async execProtocolRawStream(message: Uint8Array, options: ExecProtocolOptionsStream): Promise<void> {
    const type = message[0] as number;
    try {
      await super.execProtocolRawStream(message, {
        ...options,
        onRawData: (data) => {
          options.onRawData(data);
          // A start that is refused ends nothing but itself.
          if (type !== STARTUP && isFatal(data)) this.onFatal();
        },
      });
    } catch {
      // A connection that begins with nonsense gets no answer; anything else is the end of the engine.
      if (type !== STARTUP) this.onFatal();
    }
    if (ENDS.has(type)) this.#midSequence = false;
    else if (!NEUTRAL.has(type)) this.#midSequence = true;
  }

  /** The socket server rolls back what a lost connection has left open; a sequence that was cut short ends first. */
  override async exec(...args: Parameters<PGlite["exec"]>): ReturnType<PGlite["exec"]> {
    if (this.#midSequence) {
      await super.execProtocolRawStream(SYNC, { onRawData: () => {} });
      this.#midSequence = false;
      if (args[0] === "ROLLBACK" && !super.isInTransaction()) return [];
    }
    return await super.exec(...args);
  }
}

function isFatal(data: Uint8Array): boolean {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return FATAL_SEVERITIES.some((severity) => bytes.includes(severity, 0, "latin1"));
}
