const ZERO = 0x30;
const WORD_BYTES = 4;

/** A text that may stand somewhere, at least four bytes long, as words to compare: that is four bytes at a time. */
export interface Literal {
  readonly length: number;
  readonly words: Int32Array;
  /** the last four bytes, some of which may be in `words` too */
  readonly lastWord: number;
}

/** @param text ASCII, four signs or more */
export function literal(text: string): Literal {
  const bytes = Buffer.from(text, "latin1");
  const words = Int32Array.from({ length: Math.floor(bytes.length / WORD_BYTES) }, (_, index) =>
    bytes.readInt32LE(index * WORD_BYTES),
  );
  return { length: bytes.length, words, lastWord: bytes.readInt32LE(bytes.length - WORD_BYTES) };
}

/** Signs of a name, by their code. */
export interface Alphabet {
  /** 256 codes, 1 for each that may begin a name. */
  readonly starts: Uint8Array;
  /** 256 codes, 1 for each that may go on with it. */
  readonly signs: Uint8Array;
  readonly maxLength: number;
}

const SEEN_NAMES = 1_024;
/**
 * Names as they were read last, by a hash of theirs: to make a text costs more than to find the one of last time, and a text
 * that is the same object is found fastest in the dictionaries. A name takes the place of the one that had it.
 */
const seenNames: string[] = new Array(SEEN_NAMES).fill("");

/** Reads bytes from the front to the back. What is not there moves nothing. */
export class PlainText {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  /** the byte to be read next */
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  skip({ length, words, lastWord }: Literal): boolean {
    const { at } = this;
    const view = this.#view;
    if (at + length > view.byteLength || view.getInt32(at + length - WORD_BYTES, true) !== lastWord) return false;
    for (let i = 0; i < words.length; i++) if (view.getInt32(at + i * WORD_BYTES, true) !== words[i]) return false;
    this.at = at + length;
    return true;
  }

  skipByte(code: number): boolean {
    if (this.#bytes[this.at] !== code) return false;
    this.at += 1;
    return true;
  }

  /** Reads the longest name that is here; undefined when there is none. */
  name({ starts, signs, maxLength }: Alphabet): string | undefined {
    const start = this.at;
    const bytes = this.#bytes;
    if (starts[bytes[start] as number] !== 1) return undefined;
    const last = Math.min(start + maxLength, bytes.length);
    let hash = 0;
    let at = start;
    while (at < last) {
      const code = bytes[at] as number;
      if (signs[code] !== 1) break;
      hash = (Math.imul(hash, 31) + code) | 0;
      at += 1;
    }
    this.at = at;
    const place = (hash ^ (hash >>> 10)) & (SEEN_NAMES - 1);
    const seen = seenNames[place] as string;
    if (isText(seen, bytes, start, at)) return seen;
    const text = bytes.toString("latin1", start, at);
    seenNames[place] = text;
    return text;
  }

  /**
   * Reads a whole number as JSON writes it, without sign, fraction or exponent.
   *
   * @param maxDigits at most 15
   * @returns -1 when there is none, or when it begins with a needless zero
   */
  integer(maxDigits: number): number {
    const start = this.at;
    const bytes = this.#bytes;
    const last = Math.min(start + maxDigits, bytes.length);
    let value = 0;
    let at = start;
    while (at < last) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at += 1;
    }
    if (at === start || (bytes[start] === ZERO && at > start + 1)) return -1;
    this.at = at;
    return value;
  }
}

function isText(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
