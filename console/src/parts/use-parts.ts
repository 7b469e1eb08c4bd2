// What the program in force says, part by part: for lists to choose from.
import { useQuery } from '@tanstack/react-query';
import { api, asFile, data, type Part } from '../api/client';

export function useParts() {
  return useQuery({
    queryKey: ['parts'],
    staleTime: 300_000,
    queryFn: async (): Promise<Part[]> => {
      const { items } = await data(api.GET('/v1/programs'));
      const now = Date.now();
      // Of those that began already the one that began last; of two at once the later one.
      const inForce = items
        .filter((own) => Date.parse(own.in_force_from) <= now)
        .sort((one, other) => Date.parse(one.in_force_from) - Date.parse(other.in_force_from) || one.version - other.version)
        .at(-1);
      if (!inForce) return [];
      const text = await data(api.GET('/v1/programs/{version}/text', { params: { path: { version: inForce.version } }, parseAs: 'text' }));
      const checked = await data(api.POST('/v1/programs/check', { ...asFile, body: text as never }));
      return checked.parts ?? [];
    },
  });
}

/** The ids of all parts of a kind. */
export function idsOf(parts: Part[] | undefined, kind: string): string[] {
  return (parts ?? []).filter((part) => part.kind === kind && part.id).map((part) => part.id);
}
