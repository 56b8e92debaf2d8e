import { type ReactNode, useState } from "react";

interface ShowMoreProps<Item> {
  readonly items: readonly Item[];
  /** how many are shown at first; one more than these is shown rather than hidden behind a button */
  readonly atFirst: number;
  /** what the items are called, such as `tools` */
  readonly noun: string;
  readonly children: (items: readonly Item[]) => ReactNode;
}

/** The first of a list, and the rest on demand. */
export function ShowMore<Item>({ items, atFirst, noun, children }: ShowMoreProps<Item>) {
  const [showsAll, setShowsAll] = useState(false);
  const isLong = items.length > atFirst + 1;
  return (
    <>
      {children(isLong && !showsAll ? items.slice(0, atFirst) : items)}
      {isLong && (
        <button type="button" className="button-more" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? "Show fewer" : `Show all ${items.length} ${noun}`}
        </button>
      )}
    </>
  );
}
