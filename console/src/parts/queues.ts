// What waits for a person, as every page that counts it asks for it.
import { useQuery } from '@tanstack/react-query';
import { queues } from '../api/asks';

export { LIMIT } from '../api/asks';

/** The queues, as every page that counts them asks for them. */
export function useQueues() {
  return {
    claims: useQuery(queues.claims),
    submissions: useQuery(queues.submissions),
    referrals: useQuery(queues.referrals),
    suspicions: useQuery(queues.suspicions),
    awards: useQuery(queues.awards),
    adjustments: useQuery(queues.adjustments),
  };
}
