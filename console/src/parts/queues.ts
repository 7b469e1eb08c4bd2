// What waits for a person, as every page that counts it asks for it.
import { useQuery } from '@tanstack/react-query';
import { api, data } from '../api/client';

/** So many of a queue are fetched at once. */
export const LIMIT = 100;

/** The queues, as every page that counts them asks for them. */
export function useQueues() {
  return {
    claims: useQuery({
      queryKey: ['queue', 'claims'],
      queryFn: () => data(api.GET('/v1/claims', { params: { query: { state: 'open', limit: LIMIT } } })),
    }),
    submissions: useQuery({
      queryKey: ['queue', 'submissions'],
      queryFn: () => data(api.GET('/v1/submissions', { params: { query: { limit: LIMIT } } })),
    }),
    referrals: useQuery({
      queryKey: ['queue', 'referrals'],
      queryFn: () => data(api.GET('/v1/referrals/reviews')),
    }),
    awards: useQuery({
      queryKey: ['queue', 'awards'],
      queryFn: () => data(api.GET('/v1/awards', { params: { query: { state: 'proposed', limit: LIMIT } } })),
    }),
    adjustments: useQuery({
      queryKey: ['queue', 'adjustments'],
      queryFn: () => data(api.GET('/v1/adjustments', { params: { query: { state: 'waiting', limit: LIMIT } } })),
    }),
  };
}
