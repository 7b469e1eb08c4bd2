// Journeys: those that there are, how far each is, and a new one, from the library or from nothing.
import { Badge, Button, Select, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type Finding, type JourneyOf, type JourneySampleOf } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { ControlGroup } from '../parts/control-group';
import { useFormat } from '../parts/format';
import { IdField } from '../parts/id-field';
import { findingsOf, JourneyText, JourneyTrial } from '../parts/journey';
import { PageLink } from '../parts/link';
import { Listing, Nothing } from '../parts/listing';
import { PageHead, Shown } from '../parts/state';

export const Route = createLazyRoute('/shell/journeys')({ component: JourneysPage });

/** What a journey from nothing begins with. */
const EMPTY = `name = ""
again = "never"

[start]
on = "enrolment"

[[step]]
id = "hello"
send = ""
`;

function JourneysPage() {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const [making, setMaking] = useState(false);
  const journeys = useQuery({ queryKey: ['journeys'], queryFn: () => data(api.GET('/v1/journeys')), refetchInterval: 10_000 });
  return (
    <>
      <PageHead title={t('journeys.title')} sub={t('journeys.sub')}>
        {may('program') && (
          <Button variant="default" onClick={() => setMaking(true)}>
            {t('journeys.make')}
          </Button>
        )}
      </PageHead>
      <Shown of={journeys} lines={6}>
        {({ items, library }) => (
          <>
            {items.length === 0 ? (
              <Nothing title={t('journeys.none')}>{t('journeys.none_hint')}</Nothing>
            ) : (
              <Listing
                label={t('journeys.title')}
                rows={items}
                keyOf={(own) => own.id}
                columns={[
                  { head: t('journeys.name'), cell: (own) => <Name journey={own} /> },
                  { head: t('journeys.state'), cell: (own) => <State state={own.state} /> },
                  { head: t('journeys.here'), right: true, cell: (own) => format.number(own.here) },
                  { head: t('journeys.entered'), right: true, cell: (own) => format.number(own.entered) },
                  { head: t('journeys.held_out'), right: true, cell: (own) => format.number(own.held_out) },
                  { head: t('journeys.given'), right: true, cell: (own) => own.given },
                ]}
              />
            )}
            {making && <Make library={library} taken={items.map((own) => own.id)} close={() => setMaking(false)} />}
          </>
        )}
      </Shown>
      <ControlGroup />
    </>
  );
}

function State({ state }: { state: string }) {
  const { t } = useTranslation();
  return (
    <Badge variant={state === 'running' ? 'filled' : 'default'} color="teal.9" radius="sm" tt="none">
      {t(`journeys.states.${state}`)}
    </Badge>
  );
}

function Name({ journey }: { journey: JourneyOf }) {
  const { t } = useTranslation();
  const broken = (journey.findings ?? []).length > 0;
  return (
    <>
      <PageLink to="/journeys/$journey" params={{ journey: journey.id }} fw={600}>
        {journey.name}
      </PageLink>
      <Text size="xs" c="dimmed">
        {journey.id}
      </Text>
      {broken && <Text size="sm">{t('journeys.broken')}</Text>}
    </>
  );
}

function Make({ library, taken, close }: { library: JourneySampleOf[]; taken: string[]; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = Route.useNavigate();
  const [from, setFrom] = useState<string | null>(null);
  const [id, setId] = useState('');
  const [text, setText] = useState(EMPTY);
  const [findings, setFindings] = useState<Finding[]>([]);
  const sample = library.find((own) => own.name === from);
  const pick = (name: string | null) => {
    const own = library.find((it) => it.name === name);
    setFrom(name);
    setFindings([]);
    setText(own ? own.text : EMPTY);
    if (own && !taken.includes(own.name)) setId(own.name);
  };
  return (
    <Ask
      opened
      close={close}
      title={t('journeys.make')}
      confirm={t('journeys.make')}
      ready={id !== '' && text.trim() !== ''}
      said={t('journeys.made')}
      act={async () => {
        if (sample) await data(api.POST('/v1/journeys/library/{name}', { params: { path: { name: sample.name } } }));
        try {
          await data(api.PUT('/v1/journeys/{journey}', { params: { path: { journey: id } }, body: { text } }));
        } catch (error) {
          setFindings(findingsOf(error));
          throw error;
        }
        await queries.invalidateQueries({ queryKey: ['journeys'] });
        await navigate({ to: '/journeys/$journey', params: { journey: id } });
      }}
    >
      <Select
        label={t('journeys.from')}
        description={t('journeys.from_why')}
        clearable
        data={library.map((own) => ({ value: own.name, label: t(`journeys.library.${own.name}`) }))}
        value={from}
        onChange={pick}
      />
      {sample && <Text size="sm">{t(`journeys.library_about.${sample.name}`, { defaultValue: sample.about })}</Text>}
      <IdField id={id} change={setId} />
      <JourneyText
        text={text}
        change={(next) => {
          setText(next);
          setFindings([]);
        }}
        findings={findings}
      />
      {!sample && <JourneyTrial id={id} text={text} />}
    </Ask>
  );
}
