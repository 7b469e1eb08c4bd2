// The few pictures of the console, drawn as lines. They say nothing that is not said in words beside
// them, so a screen reader passes over them.
const LINES = {
  home: 'M4 11 12 4l8 7M6 10v10h12V10',
  people: 'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM2 21c0-4 3-7 7-7s7 3 7 7M16 4a4 4 0 0 1 0 7M18 14c2.5.8 4 3.5 4 7',
  file: 'M6 3h9l4 4v14H6ZM14 3v5h5M9 13h7M9 17h7',
  check: 'M4 5h10M4 11h7M4 17h5M12 17l3 3 6-7',
  chart: 'M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6',
  globe: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M5 19l1.5-1.5M17.5 6.5 19 5',
  moon: 'M20 14A8.5 8.5 0 0 1 10 4a8.5 8.5 0 1 0 10 10Z',
  till: 'M4 10h16v10H4ZM7 10V4h10v6M8 14h2M12 14h4M8 17h2M12 17h4',
  sliders: 'M4 7h9M17 7h3M15 5v4M4 12h3M11 12h9M9 10v4M4 17h11M19 17h1M17 15v4',
  house: 'M3 21V9l6-4 6 4v12M15 12h6v9M3 21h18M7 12h4M7 16h4',
  box: 'M4 7l8-4 8 4v10l-8 4-8-4ZM4 7l8 4 8-4M12 11v10',
  gift: 'M4 11h16v10H4ZM3 7h18v4H3ZM12 7v14M12 7C8 7 7 3 9.5 3 11.5 3 12 7 12 7s.5-4 2.5-4C17 3 16 7 12 7',
  ticket: 'M3 7h18v3a2 2 0 0 0 0 4v3H3v-3a2 2 0 0 0 0-4ZM14 7v10',
  card: 'M3 5h18v14H3ZM3 10h18M7 15h4',
  trophy: 'M7 4h10v6a5 5 0 0 1-10 0ZM7 6H4c0 3 1 5 3 5M17 6h3c0 3-1 5-3 5M12 15v4M8 20h8',
  link: 'M9 15l6-6M8 11l-3 3a3.5 3.5 0 0 0 5 5l3-3M16 13l3-3a3.5 3.5 0 0 0-5-5l-3 3',
  help: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 17h.01',
  letter: 'M3 5h18v14H3ZM3 6l9 7 9-7',
  route: 'M6 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM18 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 17h7a3.5 3.5 0 0 0 0-7H9a3.5 3.5 0 0 1 0-7h7',
  star: 'M12 4l2.5 5.2 5.7.8-4.1 4 1 5.6-5.1-2.7-5.1 2.7 1-5.6-4.1-4 5.7-.8Z',
  filter: 'M3 5h18l-7 8v7l-4-2v-5Z',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16 16l5 5',
} as const;

export type IconName = keyof typeof LINES;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" aria-hidden focusable="false">
      <path d={LINES[name]} />
    </svg>
  );
}
