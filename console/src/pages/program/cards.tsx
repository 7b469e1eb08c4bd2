// The program as cards. A card is a view of the file: what is changed in it replaces those characters of
// the text and no others, so comments and order stay as somebody wrote them.
import { ActionIcon, Badge, Box, Button, Card, Checkbox, Group, NativeSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, asFile, data, type Part } from '../../api/client';
import type { components } from '../../api/schema';
import { Empty } from '../../parts/state';
import { fieldOf, first, newPart, quoted, sectionOf, type Shape, useSchema, wordsOf } from './schema';

type Schemas = components['schemas'];
export type ProgramCard = Schemas['ProgramCardOut'];
type Field = Schemas['CardFieldOut'];

/** What parts in words are called where the section has another name. */
const KINDS: Record<string, string> = { earn: 'rule', program: '', group: 'group' };

export const cardsOf = (text: string) => data(api.POST('/v1/programs/cards', { ...asFile, body: text }));

const replaced = (text: string, span: { start: number; end: number }, by: string) => text.slice(0, span.start) + by + text.slice(span.end);

export function Cards({ text, cards, parts, ready, change }: { text: string; cards: ProgramCard[]; parts: Part[]; ready: boolean; change: (text: string) => void }) {
  const { t } = useTranslation();
  const schema = useSchema();
  const [adding, setAdding] = useState('earn');
  const sections = Object.keys(schema.data?.properties ?? {}).filter((section) => sectionOf(schema.data, section)?.form !== 'once' || !cards.some((card) => card.section === section));
  const says = (card: ProgramCard) => {
    const kind = KINDS[card.section] ?? card.section;
    return parts.find((part) => part.kind === kind && part.id === card.id)?.says ?? [];
  };
  const add = () => {
    const found = sectionOf(schema.data, adding);
    if (!found) return;
    const taken = new Set(cards.filter((card) => card.section === adding).map((card) => card.id));
    let id = `new-${adding.replaceAll('_', '-')}`;
    for (let n = 2; taken.has(id); n += 1) id = `new-${adding.replaceAll('_', '-')}-${n}`;
    change(`${text.replace(/\n*$/, '\n')}${newPart(adding, id, found)}`);
  };
  if (cards.length === 0) return <Empty title={t('program.says_nothing')} />;
  return (
    <Stack gap="sm" component="section" aria-label={t('cards.title')} tabIndex={0} mah="min(80vh, 860px)" style={{ overflowY: 'auto' }}>
      {cards.map((card, at) => (
        <OneCard key={`${card.section}/${card.id}/${at}`} text={text} card={card} says={says(card)} about={sectionOf(schema.data, card.section)} ready={ready} change={change} />
      ))}
      {sections.length > 0 && (
        <Card withBorder p="sm" style={{ flexShrink: 0 }}>
          <Group align="flex-end" gap="xs">
            <NativeSelect label={t('cards.add_card')} value={adding} onChange={(event) => setAdding(event.currentTarget.value)} data={sections.map((value) => ({ value, label: t(`section.${value}`, { defaultValue: value }) }))} />
            <Button variant="default" disabled={!ready} onClick={add}>
              {t('cards.add')}
            </Button>
          </Group>
          <Text size="xs" c="dimmed" mt={4} lang="en">
            {sectionOf(schema.data, adding)?.about}
          </Text>
        </Card>
      )}
    </Stack>
  );
}

function OneCard({ text, card, says, about, ready, change }: { text: string; card: ProgramCard; says: string[]; about: ReturnType<typeof sectionOf>; ready: boolean; change: (text: string) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [adding, setAdding] = useState('');
  const section = t(`section.${card.section}`, { defaultValue: card.section });
  const name = card.id || section;
  const others = Object.keys(about?.fields.properties ?? {}).filter((key) => !card.fields.some((field) => field.key === key || field.key.startsWith(`${key}.`)));
  const add = () => {
    const key = adding || others[0];
    if (!key || card.add_at === undefined || card.add_at === null) return;
    const before = text.slice(0, card.add_at);
    change(`${before}${before.endsWith('\n') ? '' : '\n'}${key} = ${first(fieldOf(about?.fields, key))}\n${text.slice(card.add_at)}`);
    setAdding('');
  };
  return (
    <Card withBorder p="sm" style={{ flexShrink: 0 }} component="article" aria-label={`${section} ${card.id}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="xs" mb={2}>
          <Text fw={650}>{name}</Text>
          {card.id && (
            <Badge variant="default" size="sm" tt="none" fw={400}>
              {section}
            </Badge>
          )}
        </Group>
        <Button size="compact-xs" variant="default" onClick={() => setOpen(!open)} aria-expanded={open} aria-label={open ? t('cards.fold_this', { name }) : t('cards.edit_this', { name })}>
          {open ? t('cards.fold') : t('cards.edit')}
        </Button>
      </Group>
      <ul className="plain-list">
        {says.map((line, at) => (
          <Text key={at} component="li" size="sm">
            {line}
          </Text>
        ))}
      </ul>
      {open && (
        <Stack gap="xs" mt="sm">
          {card.fields.map((field) => (
            <OneField key={field.key} text={text} field={field} shape={fieldOf(about?.fields, field.key)} ready={ready} change={change} />
          ))}
          <Group gap="xs" align="flex-end">
            {others.length > 0 && card.add_at !== undefined && card.add_at !== null && (
              <>
                <NativeSelect size="xs" label={t('cards.add_field')} value={adding || others[0]} onChange={(event) => setAdding(event.currentTarget.value)} data={others} />
                <Button size="xs" variant="default" disabled={!ready} onClick={add} aria-label={t('cards.add_to', { name })}>
                  {t('cards.add')}
                </Button>
              </>
            )}
            {card.span && card.section !== 'program' && (
              <Button size="xs" variant="light" color="red.9" disabled={!ready} onClick={() => card.span && change(replaced(text, card.span, ''))} aria-label={t('cards.remove_this', { name })}>
                {t('cards.remove')}
              </Button>
            )}
          </Group>
          {others.length > 0 && (
            <Text size="xs" c="dimmed" lang="en">
              {fieldOf(about?.fields, adding || (others[0] ?? ''))?.description}
            </Text>
          )}
        </Stack>
      )}
    </Card>
  );
}

const NUMBER = /^-?[0-9][0-9_]*(\.[0-9]+)?$/;

function OneField({ text, field, shape, ready, change }: { text: string; field: Field; shape: Shape | undefined; ready: boolean; change: (text: string) => void }) {
  const { t } = useTranslation();
  const [value, setValue] = useState(field.value);
  const [wrong, setWrong] = useState('');
  // The text beside it may have been changed by hand.
  useEffect(() => setValue(field.value), [field.value]);
  const words = wordsOf(shape);
  const about = shape?.description;
  const put = (source: string) => change(replaced(text, field.span, source));
  // A list or a table is TOML itself: it is put in only if the file is still TOML with it.
  const other = useMutation({
    mutationFn: async (source: string) => {
      const next = replaced(text, field.span, source);
      const { cards } = await cardsOf(next);
      if (cards.length === 0) throw new Error();
      return next;
    },
    onSuccess: change,
    onError: () => setWrong(t('cards.no_toml')),
  });
  const commit = (now = value) => {
    setWrong('');
    if (!ready || now === field.value) return;
    if (field.kind === 'number') return NUMBER.test(now) ? put(now) : setWrong(t('cards.no_number'));
    if (field.kind === 'text') return put(quoted(now));
    other.mutate(now);
  };
  const common = { label: field.key, description: about ? <span lang="en">{about}</span> : undefined, size: 'xs' as const, error: wrong || undefined, style: { flex: 1 } };
  return (
    <Group gap={4} align="flex-end" wrap="nowrap">
      {field.kind === 'flag' ? (
        <Box style={{ flex: 1 }}>
          <Checkbox label={field.key} description={common.description} checked={field.value === 'true'} disabled={!ready} onChange={(event) => put(String(event.currentTarget.checked))} />
        </Box>
      ) : field.kind === 'text' && words.length > 0 ? (
        <NativeSelect
          {...common}
          value={value}
          disabled={!ready}
          data={[...(words.some((it) => it.word === value) ? [] : [value]), ...words.map((it) => ({ value: it.word, label: it.means ? `${it.word}: ${it.means}` : it.word }))]}
          onChange={(event) => {
            setValue(event.currentTarget.value);
            commit(event.currentTarget.value);
          }}
        />
      ) : field.kind === 'other' ? (
        <Textarea {...common} value={value} autosize minRows={1} maxRows={10} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} spellCheck={false} onChange={(event) => setValue(event.currentTarget.value)} onBlur={() => commit()} />
      ) : (
        <TextInput
          {...common}
          value={value}
          inputMode={field.kind === 'number' ? 'decimal' : 'text'}
          spellCheck={false}
          onChange={(event) => setValue(event.currentTarget.value)}
          onBlur={() => commit()}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
          }}
        />
      )}
      {field.row && (
        <ActionIcon variant="subtle" color="gray" c="dimmed" disabled={!ready} onClick={() => field.row && change(replaced(text, field.row, ''))} aria-label={t('cards.remove_field', { field: field.key })}>
          ×
        </ActionIcon>
      )}
    </Group>
  );
}
