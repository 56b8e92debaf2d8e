/** At most `maxChars` of a text, cut at the end of a word and marked; null stays null. */
export function clip(text: string, maxChars: number): string;
export function clip(text: string | null, maxChars: number): string | null;
export function clip(text: string | null, maxChars: number): string | null {
  if (text === null) return null;
  const flat = text.replace(/\s+/g, " ").trim();
  if (flat.length <= maxChars) return flat;
  const cut = flat.slice(0, maxChars - 1);
  const lastSpace = cut.lastIndexOf(" ");
  return `${lastSpace > maxChars / 2 ? cut.slice(0, lastSpace) : cut}…`;
}
