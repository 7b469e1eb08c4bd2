// One send: what became of its messages, one by one.
import { Button, Group, Select, Stack } from '@mantine/core';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLazyRoute } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type MessageOf, type SendOf } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from '../parts/ask';
import { useFormat } from '../parts/format';
import { Lift } from '../parts/lift';
import { Listing, Paged } from '../parts/listing';
import { MemberLink } from '../parts/member-link';
import { PageHead, Shown } from '../parts/state';

export const Route = createLazyRoute('/shell/messages/$send')({ component: SendPage });

const STAGES = ['waiting', 'handed_over', 'sent', 'not_sent', 'uncertain', 'given_up', 'bounced'];
/** Reasons that are codes; others are what the other side said. */
const CODES = ['waiting', 'not_sent'];

function SendPage() {
  const { send } = Route.useParams();
  const one = useQuery({
    queryKey: ['sends', send],
    queryFn: () => data(api.GET('/v1/sends/{send}', { params: { path: { send } } })),
    refetchInterval: 5000,
  });
  return <Shown of={one}>{(found) => <Whole send={found} />}</Shown>;
}

/** A reason in words, where there are some. */
function useReason() {
  const { t, i18n } = useTranslation();
  return (stage: string, reason?: string) => {
    if (!reason) return '';
    const key = `messages.reasons.${reason}`;
    return CODES.includes(stage) && i18n.exists(key) ? t(key) : reason;
  };
}

function Whole({ send }: { send: SendOf }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const queries = useQueryClient();
  const reason = useReason();
  const [stopping, setStopping] = useState(false);
  const waits = send.stage === 'planning' || send.counts.some((own) => own.stage === 'waiting');
  return (
    <>
      <PageHead title={send.name} sub={`${t(`messages.channels.${send.channel}`)} · ${t(`messages.send_stages.${send.stage}`)} · ${format.moment(send.made_at)}`}>
        {may('program') && send.stage !== 'stopped' && !send.journey && waits && (
          <Button variant="default" onClick={() => setStopping(true)}>
            {t('messages.stop')}
          </Button>
        )}
      </PageHead>
      <Stack gap="lg">
        <Listing
          label={t('messages.counts')}
          rows={send.counts}
          keyOf={(own) => `${own.stage} ${own.reason ?? ''}`}
          width={360}
          columns={[
            { head: t('messages.stage'), cell: (own) => t(`messages.stages.${own.stage}`) },
            { head: t('messages.reason'), cell: (own) => reason(own.stage, own.reason) },
            { head: t('messages.all'), right: true, cell: (own) => format.number(own.count) },
          ]}
        />
        {!send.journey && send.hold_out_percent > 0 && (
          <Lift name={['sends', send.id]} ask={(query) => data(api.GET('/v1/sends/{send}/lift', { params: { path: { send: send.id }, query } }))} />
        )}
        <Log id={send.id} />
      </Stack>
      <Ask
        opened={stopping}
        close={() => setStopping(false)}
        title={t('messages.stop')}
        confirm={t('messages.stop')}
        danger
        said={t('messages.stopped')}
        act={async () => {
          await data(api.POST('/v1/sends/{send}/stop', { params: { path: { send: send.id } } }));
          await queries.invalidateQueries({ queryKey: ['sends'] });
        }}
      >
        {t('messages.stop_why')}
      </Ask>
    </>
  );
}

function Log({ id }: { id: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const format = useFormat();
  const reason = useReason();
  const [stage, setStage] = useState<string | null>(null);
  const [open, setOpen] = useState<MessageOf | null>(null);
  const log = useInfiniteQuery({
    queryKey: ['sends', id, 'messages', stage],
    queryFn: ({ pageParam }) =>
      data(
        api.GET('/v1/sends/{send}/messages', {
          params: { path: { send: id }, query: { limit: 25, ...(stage ? { stage } : {}), ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  return (
    <section aria-label={t('messages.log')}>
      <Group mb="md">
        <Select label={t('messages.stage')} clearable data={STAGES.map((own) => ({ value: own, label: t(`messages.stages.${own}`) }))} value={stage} onChange={setStage} />
      </Group>
      <Paged of={log} none={t('messages.no_messages')}>
        {(rows) => (
          <Listing
            label={t('messages.log')}
            rows={rows}
            keyOf={(own) => own.id}
            columns={[
              { head: t('members.name'), cell: (own) => <MemberLink id={own.member} /> },
              {
                head: t('messages.stage'),
                cell: (own) =>
                  own.stage === 'uncertain' && may('program') ? (
                    <Button variant="default" size="xs" onClick={() => setOpen(own)}>
                      {t('messages.stages.uncertain')}
                    </Button>
                  ) : (
                    t(`messages.stages.${own.stage}`)
                  ),
              },
              { head: t('messages.reason'), cell: (own) => reason(own.stage, own.reason) },
              { head: t('messages.when'), cell: (own) => format.moment(own.at) },
            ]}
          />
        )}
      </Paged>
      {open && <Resolve message={open} close={() => setOpen(null)} />}
    </section>
  );
}

function Resolve({ message, close }: { message: MessageOf; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [again, setAgain] = useState<string | null>('again');
  return (
    <Ask
      opened
      close={close}
      title={t('messages.stages.uncertain')}
      confirm={t('messages.save')}
      said={t('messages.saved')}
      act={async () => {
        await data(api.POST('/v1/messages/{message}/resolve', { params: { path: { message: message.id } }, body: { again: again === 'again' } }));
        await queries.invalidateQueries({ queryKey: ['sends'] });
      }}
    >
      <Select
        label={t('messages.resolve')}
        allowDeselect={false}
        data={[
          { value: 'again', label: t('messages.when_uncertain.again') },
          { value: 'sent', label: t('messages.counts_as_sent') },
        ]}
        value={again}
        onChange={setAgain}
      />
    </Ask>
  );
}
