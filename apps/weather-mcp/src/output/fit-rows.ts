/** Most characters of `JSON.stringify(structuredContent)`. Claude Code shows a model this form. */
export const MAX_STRUCTURED_CHARS = 16_000;
/** Most characters of the text. Other clients show a model this form. */
export const MAX_TEXT_CHARS = 12_000;

export interface Answer {
  readonly structured: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/**
 * The answer with as many rows as both caps allow, at most `wanted`. `build` makes the whole answer with that many rows,
 * so that what is measured is what is sent; a row is never cut.
 */
export function fitRows(wanted: number, build: (count: number) => Answer): Answer {
  const whole = build(wanted);
  if (fits(whole)) return whole;
  let low = 0;
  let high = wanted - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(build(middle))) low = middle;
    else high = middle - 1;
  }
  return build(low);
}

function fits(answer: Answer): boolean {
  return answer.text.length <= MAX_TEXT_CHARS && JSON.stringify(answer.structured).length <= MAX_STRUCTURED_CHARS;
}
