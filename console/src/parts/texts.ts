// What an address says of how a page is filtered.

/** Reads so many texts of an address; whatever else stands there is let go. */
export function texts<const Names extends readonly string[]>(...names: Names) {
  return (search: Record<string, unknown>) => {
    const found: Record<string, string> = {};
    for (const name of names) {
      const value = search[name];
      if (['string', 'number', 'boolean'].includes(typeof value) && value !== '') found[name] = String(value);
    }
    return found as { [Name in Names[number]]?: string };
  };
}
