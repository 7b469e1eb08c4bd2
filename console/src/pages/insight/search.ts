// What is chosen on the page, as it stands in the address.
import { useNavigate } from '@tanstack/react-router';
import { insightRoute } from '../../app';

export type Search = { view?: string; period?: string; by?: string; from?: string; to?: string; group?: string; metric?: string; list?: string };

export function useSearch() {
  const search: Search = insightRoute.useSearch();
  const navigate = useNavigate({ from: '/insight' });
  const set = (change: Search) => {
    const next = { ...search, ...change };
    void navigate({ search: Object.fromEntries(Object.entries(next).filter(([, value]) => value)) as Search, replace: true, resetScroll: false });
  };
  return { search, set };
}
