// Advocates: members by how much they do beside paying, with each part of their score; and a segment of them.
import { Button, NumberInput, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type AdvocateOf } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { useFormat } from '../parts/format';
import { IdField } from '../parts/id-field';
import { Listing, Paged } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { PageHead } from '../parts/state';

export const Route = createLazyRoute('/shell/advocates')({ component: AdvocatesPage });

const USUAL = 50;

function AdvocatesPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const { least: asked } = Route.useSearch();
  const navigate = Route.useNavigate();
  const [making, setMaking] = useState(false);
  const least = Math.min(100, Math.max(1, Number(asked) || USUAL));
  const all = useInfiniteQuery({
    queryKey: ['advocates', least],
    queryFn: ({ pageParam }) => data(api.GET('/v1/advocates', { params: { query: { least, sort: 'score', limit: 50, ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });
  return (
    <>
      <PageHead title={t('advocates.title')} sub={t('advocates.sub')}>
        {may('program') && (
          <Button variant="default" onClick={() => setMaking(true)}>
            {t('advocates.segment')}
          </Button>
        )}
      </PageHead>
      <NumberInput
        label={t('advocates.least')}
        min={1}
        max={100}
        maw={220}
        mb="md"
        value={least}
        onChange={(value) => void navigate({ search: { least: String(Number(value) || 1) }, replace: true })}
      />
      <Paged of={all} none={t('advocates.none')} hint={t('advocates.none_hint')}>
        {(rows) => (
          <Listing
            label={t('advocates.title')}
            rows={rows}
            keyOf={(own) => own.member}
            columns={[
              { head: t('advocates.member'), cell: (own) => <MemberLink id={own.member} /> },
              { head: t('advocates.score'), right: true, cell: (own) => format.number(own.score) },
              { head: t('advocates.parts'), cell: (own) => <Parts advocate={own} /> },
            ]}
          />
        )}
      </Paged>
      {making && <Make least={least} close={() => setMaking(false)} />}
    </>
  );
}

function Parts({ advocate }: { advocate: AdvocateOf }) {
  const { t } = useTranslation();
  const format = useFormat();
  const said = advocate.parts.filter((own) => own.points > 0).map((own) => t('advocates.part', { name: t(`advocates.names.${own.part}`), points: format.number(own.points), most: format.number(own.most) }));
  const actions = advocate.actions.map((own) => `${own.activity} × ${format.number(own.times)}`);
  return (
    <>
      <Text size="sm">{said.join(' · ')}</Text>
      {actions.length > 0 && (
        <Text size="xs" c="dimmed">
          {actions.join(', ')}
        </Text>
      )}
    </>
  );
}

function Make({ least, close }: { least: number; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = Route.useNavigate();
  const [name, setName] = useState(t('advocates.title'));
  const [id, setId] = useState(`advocates-${least}`);
  return (
    <Ask
      opened
      close={close}
      title={t('advocates.segment')}
      confirm={t('advocates.segment')}
      ready={name.trim() !== '' && id !== ''}
      said={t('segments.made')}
      act={async () => {
        await data(api.POST('/v1/segments', { body: { id, name: name.trim(), condition: `score("advocate") >= ${least}` } }));
        await queries.invalidateQueries({ queryKey: ['segments'] });
        await navigate({ to: '/segments/$segment', params: { segment: id } });
      }}
    >
      <Text size="sm">{t('advocates.segment_why')}</Text>
      <TextInput label={t('segments.name')} required maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <IdField id={id} change={setId} />
    </Ask>
  );
}
