// What the program in force says, part by part: for lists to choose from.
import { useQuery } from '@tanstack/react-query';
import * as asks from '../api/asks';
import { api, asFile, data, type Part } from '../api/client';

export function useParts() {
  return useQuery({
    queryKey: ['parts'],
    staleTime: 300_000,
    queryFn: async (): Promise<Part[]> => {
      const current = asks.inForce((await asks.queries.fetchQuery(asks.versions)).items);
      if (!current) return [];
      const text = await asks.queries.fetchQuery(asks.programText(current.version));
      const checked = await data(api.POST('/v1/programs/check', { ...asFile, body: text }));
      return checked.parts ?? [];
    },
  });
}

/** The ids of all parts of a kind. */
export function idsOf(parts: Part[] | undefined, kind: string): string[] {
  return (parts ?? []).filter((part) => part.kind === kind && part.id).map((part) => part.id);
}
