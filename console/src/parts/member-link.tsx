// A member by what people call them, with the way to their page.
import { useQuery } from '@tanstack/react-query';
import { api, data } from '../api/client';
import { called } from '../pages/members';
import { PageLink } from './link';

export function MemberLink({ id }: { id: string }) {
  const member = useQuery({
    queryKey: ['member', id],
    queryFn: () => data(api.GET('/v1/members/{member}', { params: { path: { member: id } } })),
    staleTime: 300_000,
  });
  return (
    <PageLink to="/members/$member" params={{ member: id }}>
      {member.data ? called(member.data) : id}
    </PageLink>
  );
}
