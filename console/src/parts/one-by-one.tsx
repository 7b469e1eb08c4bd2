// What stands far down comes one after another, so that none of it keeps the page from answering.
import { Fragment, type ReactElement, useEffect, useState } from 'react';

/** Shows the first of these at once and each of the others in a moment of its own, all of them soon. */
export function OneByOne({ children, first = 1 }: { children: ReactElement[]; first?: number }) {
  const [shown, setShown] = useState(first);
  useEffect(() => {
    if (shown >= children.length) return;
    const next = setTimeout(() => setShown(shown + 1));
    return () => clearTimeout(next);
  }, [shown, children.length]);
  return children.slice(0, shown).map((child, at) => <Fragment key={at}>{child}</Fragment>);
}
