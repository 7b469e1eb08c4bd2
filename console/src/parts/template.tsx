// A template in writing: what it says in each language, and what that says to a member.
import { Alert, Button, Code, Collapse, Group, Select, Stack, Table, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type TemplateOf, type TemplatesOf } from '../api/client';
import { LANGUAGES as NAMES } from '../words';
import { Ask } from './ask';
import { IdField } from './id-field';
import { Problem } from './state';

type Words = TemplateOf['words'];
const LANGUAGES = Object.keys(NAMES);
const NO_WORDS: Words[string] = { subject: '', text: '' };

export function TemplateEditor({
  template,
  fields,
  channels,
  close,
}: {
  template: TemplateOf | null;
  fields: TemplatesOf['fields'];
  channels: string[];
  close: () => void;
}) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [id, setId] = useState(template?.id ?? '');
  const [name, setName] = useState(template?.name ?? '');
  const [language, setLanguage] = useState(template?.language ?? 'en');
  const [shown, setShown] = useState(language);
  const [words, setWords] = useState<Words>(template?.words ?? {});
  const own = words[shown] ?? NO_WORDS;
  const set = (part: Partial<Words[string]>) => setWords((before) => ({ ...before, [shown]: { ...own, ...part } }));
  // A language in which nothing is said is none of the template's.
  const said = Object.fromEntries(Object.entries(words).filter(([, it]) => it.subject.trim() !== '' || it.text.trim() !== ''));
  return (
    <Ask
      opened
      close={close}
      title={template ? t('messages.change') : t('messages.make')}
      confirm={t('messages.save')}
      ready={name.trim() !== '' && id !== '' && said[language] !== undefined}
      said={t('messages.saved')}
      act={async () => {
        await data(
          api.PUT('/v1/templates/{template}', {
            params: { path: { template: id } },
            body: { name: name.trim(), language, words: said, ...(template ? { version: template.version } : {}) },
          }),
        );
        await queries.invalidateQueries({ queryKey: ['templates'] });
      }}
    >
      {(fault) => (
        <>
          <TextInput label={t('messages.name')} required maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} error={fault('/name')} />
          {!template && <IdField id={id} change={setId} error={fault('/id')} />}
          <Group grow>
            <Select label={t('messages.own_language')} allowDeselect={false} data={LANGUAGES} value={language} onChange={(value) => setLanguage(value ?? 'en')} error={fault('/language')} />
            <Select label={t('messages.write_in')} allowDeselect={false} data={LANGUAGES} value={shown} onChange={(value) => setShown(value ?? 'en')} />
          </Group>
          <TextInput label={t('messages.subject')} required maxLength={200} value={own.subject} onChange={(event) => set({ subject: event.currentTarget.value })} error={fault(`/words/${shown}/subject`)} />
          <Textarea label={t('messages.text')} required autosize minRows={5} maxRows={14} value={own.text} onChange={(event) => set({ text: event.currentTarget.value })} error={fault(`/words/${shown}/text`)} />
          <Textarea
            label={t('messages.html')}
            description={t('messages.html_why')}
            autosize
            minRows={2}
            maxRows={14}
            value={own.html ?? ''}
            onChange={(event) => set({ html: event.currentTarget.value })}
            error={fault(`/words/${shown}/html`)}
          />
          <Fields fields={fields} />
          <Preview language={language} words={said} channels={channels} />
        </>
      )}
    </Ask>
  );
}

function Fields({ fields }: { fields: TemplatesOf['fields'] }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Button variant="subtle" size="xs" onClick={() => setOpen(!open)} aria-expanded={open}>
        {t('messages.fields')}
      </Button>
      <Collapse expanded={open}>
        <Table aria-label={t('messages.fields')}>
          <Table.Tbody lang="en">
            {fields.map((own) => (
              <Table.Tr key={own.name}>
                <Table.Td>
                  <Code>{own.needs_fallback ? `{${own.name}|…}` : `{${own.name}}`}</Code>
                </Table.Td>
                <Table.Td>{own.meaning}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Collapse>
    </div>
  );
}

function Preview({ language, words, channels }: { language: string; words: Words; channels: string[] }) {
  const { t } = useTranslation();
  const [member, setMember] = useState('');
  const [channel, setChannel] = useState('email');
  const shown = useMutation({
    mutationFn: () => data(api.POST('/v1/templates/preview', { body: { member: member.trim(), channel, language, words } })),
  });
  return (
    <Stack gap="xs">
      <Group align="flex-end">
        <TextInput label={t('messages.preview_for')} description={t('messages.member_why')} value={member} onChange={(event) => setMember(event.currentTarget.value)} />
        <Select
          label={t('messages.channel')}
          allowDeselect={false}
          data={channels.map((own) => ({ value: own, label: t(`messages.channels.${own}`) }))}
          value={channel}
          onChange={(value) => setChannel(value ?? 'email')}
        />
        <Button variant="default" disabled={member.trim() === '' || words[language] === undefined} loading={shown.isPending} onClick={() => shown.mutate()}>
          {t('messages.preview')}
        </Button>
      </Group>
      {shown.error && <Problem error={shown.error} />}
      <div role="status">
        {shown.data && (
          <Alert title={shown.data.says.subject} lang={shown.data.says.language}>
            <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {shown.data.says.text}
            </Text>
            {shown.data.reason && (
              <Text size="sm" mt="xs" fw={600}>
                {t('messages.would_not', { reason: t(`messages.reasons.${shown.data.reason}`) })}
              </Text>
            )}
          </Alert>
        )}
      </div>
    </Stack>
  );
}
