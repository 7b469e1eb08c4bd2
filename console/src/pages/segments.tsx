// Segments: who is in which, and a new one whose condition is previewed while it is written.
import { Button, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type SegmentOf } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { useFormat } from '../parts/format';
import { IdField } from '../parts/id-field';
import { PageLink } from '../parts/link';
import { Listing, Nothing } from '../parts/listing';
import { ConditionField, type SegmentName } from '../parts/segment';
import { PageHead, Shown } from '../parts/state';

export const Route = createLazyRoute('/shell/segments')({ component: SegmentsPage });

function SegmentsPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const [making, setMaking] = useState(false);
  const segments = useQuery({ queryKey: ['segments'], queryFn: () => data(api.GET('/v1/segments')) });
  return (
    <>
      <PageHead title={t('segments.title')} sub={t('segments.sub')}>
        {may('program') && (
          <Button variant="default" onClick={() => setMaking(true)}>
            {t('segments.make')}
          </Button>
        )}
      </PageHead>
      <Shown of={segments} lines={6}>
        {({ items, figures }) => (
          <>
            {items.length === 0 ? (
              <Nothing title={t('segments.none')}>{t('segments.none_hint')}</Nothing>
            ) : (
              <Listing
                label={t('segments.title')}
                rows={items}
                keyOf={(own) => own.id}
                columns={[
                  { head: t('segments.name'), cell: (own) => <Name segment={own} /> },
                  { head: t('segments.condition'), cell: (own) => <code lang="en">{own.condition}</code> },
                  { head: t('segments.members'), right: true, cell: (own) => format.number(own.members) },
                ]}
              />
            )}
            {making && <Make figures={figures} close={() => setMaking(false)} />}
          </>
        )}
      </Shown>
    </>
  );
}

function Name({ segment }: { segment: SegmentOf }) {
  const { t } = useTranslation();
  const broken = (segment.findings ?? []).length > 0;
  return (
    <>
      <PageLink to="/segments/$segment" params={{ segment: segment.id }} fw={600}>
        {segment.name}
      </PageLink>
      <Text size="xs" c="dimmed">
        {segment.id}
      </Text>
      {broken && <Text size="sm">{t('segments.broken')}</Text>}
    </>
  );
}

function Make({ figures, close }: { figures: SegmentName[]; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = Route.useNavigate();
  const [name, setName] = useState('');
  const [id, setId] = useState('');
  const [condition, setCondition] = useState('');
  const [right, setRight] = useState(false);
  return (
    <Ask
      opened
      close={close}
      title={t('segments.make')}
      confirm={t('segments.make')}
      ready={right && name.trim() !== '' && id !== ''}
      said={t('segments.made')}
      act={async () => {
        await data(api.POST('/v1/segments', { body: { id, name: name.trim(), condition } }));
        await queries.invalidateQueries({ queryKey: ['segments'] });
        await navigate({ to: '/segments/$segment', params: { segment: id } });
      }}
    >
      <TextInput label={t('segments.name')} required maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <IdField id={id} change={setId} />
      <ConditionField value={condition} change={setCondition} figures={figures} isRight={setRight} />
    </Ask>
  );
}
