// How the shop looks, which languages it offers, what tills may do, and its own sign-on.
import { Alert, Button, Checkbox, Code, ColorInput, FileInput, Group, NumberInput, Paper, PasswordInput, Select, SimpleGrid, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, data, type ShopSettings } from '../../api/client';
import { Problem, Shown } from '../../parts/state';
import { tell } from '../../parts/tell';
import { LANGUAGES } from '../../words';

const LOGO_MOST = 48 * 1024;

export function ShopPart() {
  const asked = useQuery({ queryKey: ['settings'], queryFn: () => data(api.GET('/v1/settings')), staleTime: Infinity });
  return <Shown of={asked}>{(found) => <Form key={JSON.stringify(found)} found={found} />}</Shown>;
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="lg" component="section">
      <Title order={2} size="h4" mb="md">
        {title}
      </Title>
      <Stack>{children}</Stack>
    </Paper>
  );
}

function asAddress(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error('unreadable'));
    reader.readAsDataURL(file);
  });
}

function Form({ found }: { found: ShopSettings }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [own, setOwn] = useState(found);
  const [secret, setSecret] = useState('');
  const [wrong, setWrong] = useState('');
  const set = (next: Partial<ShopSettings>) => setOwn({ ...own, ...next });
  const saving = useMutation({
    mutationFn: () => {
      const { sign_on, ...rest } = own;
      const { name, issuer, client_id } = sign_on ?? { name: '', issuer: '', client_id: '' };
      const body = { ...rest, ...(sign_on ? { sign_on: { name, issuer, client_id, ...(secret ? { client_secret: secret } : {}) } } : {}) };
      return data(api.PUT('/v1/settings', { body }));
    },
    onSuccess: async (saved) => {
      queries.setQueryData(['settings'], saved);
      await queries.invalidateQueries({ queryKey: ['session'] });
      tell(t('settings.saved'));
    },
  });
  const signOn = own.sign_on;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <Stack>
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Part title={t('shop.look')}>
            <TextInput label={t('shop.title')} description={t('shop.title_how')} maxLength={80} value={own.title} onChange={(event) => set({ title: event.currentTarget.value })} />
            <ColorInput
              label={t('shop.colour')}
              description={t('shop.colour_how')}
              format="hex"
              value={own.colour}
              onChange={(colour) => set({ colour })}
              withEyeDropper={false}
              popoverProps={{ withinPortal: false }}
            />
            <FileInput
              label={t('shop.logo')}
              description={t('shop.logo_how')}
              accept="image/png,image/jpeg,image/webp,image/svg+xml"
              placeholder={own.logo ? t('shop.logo_there') : t('shop.logo_none')}
              onChange={async (file) => {
                setWrong(file && file.size > LOGO_MOST ? t('shop.logo_large') : '');
                if (file && file.size <= LOGO_MOST) set({ logo: await asAddress(file) });
              }}
            />
            {wrong && (
              <Alert color="yellow" variant="light" role="alert">
                {wrong}
              </Alert>
            )}
            {own.logo && (
              <Group>
                <img src={own.logo} alt={t('shop.logo')} height={40} />
                <Button size="xs" variant="default" type="button" onClick={() => set({ logo: '' })}>
                  {t('shop.logo_away')}
                </Button>
              </Group>
            )}
          </Part>
          <Part title={t('shop.languages')}>
            <Checkbox.Group label={t('shop.offered')} value={own.languages} onChange={(languages) => set({ languages })}>
              <Stack gap={8} mt={6}>
                {Object.entries(LANGUAGES).map(([tag, name]) => (
                  <Checkbox key={tag} value={tag} color="teal.9" label={<span lang={tag}>{name}</span>} />
                ))}
              </Stack>
            </Checkbox.Group>
            <Select
              label={t('shop.language')}
              description={t('shop.language_how')}
              allowDeselect={false}
              value={own.language}
              onChange={(language) => set({ language: language ?? 'en' })}
              data={own.languages.map((tag) => ({ value: tag, label: LANGUAGES[tag as keyof typeof LANGUAGES] ?? tag }))}
            />
          </Part>
          <Part title={t('shop.phones')}>
            <TextInput
              label={t('shop.country')}
              description={t('shop.country_how')}
              maxLength={2}
              value={own.country ?? ''}
              onChange={(event) => set({ country: event.currentTarget.value.toUpperCase() })}
            />
          </Part>
          <Part title={t('shop.till')}>
            <Text size="sm" c="dimmed">
              {t('shop.till_words')}
            </Text>
            <NumberInput label={t('shop.sales_most')} min={0} max={500} allowDecimal={false} value={own.till.sales_most} onChange={(most) => set({ till: { ...own.till, sales_most: Number(most) } })} />
            <NumberInput label={t('shop.amount_most')} min={0} allowDecimal={false} value={own.till.amount_most} onChange={(most) => set({ till: { ...own.till, amount_most: Number(most) } })} />
          </Part>
          <Part title={t('shop.access')}>
            <Switch
              color="teal.9"
              label={t('shop.second_factor')}
              description={t('shop.second_factor_words')}
              checked={own.second_factor ?? false}
              onChange={(event) => set({ second_factor: event.currentTarget.checked })}
            />
            <NumberInput label={t('shop.idle')} description={t('shop.idle_how')} min={0} max={720} allowDecimal={false} value={own.idle_minutes ?? 0} onChange={(minutes) => set({ idle_minutes: Number(minutes) })} />
          </Part>
          <Part title={t('shop.sign_on')}>
            <Switch
              color="teal.9"
              label={t('shop.sign_on_use')}
              description={t('shop.sign_on_words')}
              checked={!!signOn}
              onChange={(event) =>
                set({ sign_on: event.currentTarget.checked ? (found.sign_on ?? { name: '', issuer: '', client_id: '', has_secret: false, redirect_uri: '' }) : undefined } as Partial<ShopSettings>)
              }
            />
            {signOn && (
              <>
                <TextInput label={t('shop.sign_on_name')} required value={signOn.name} onChange={(event) => set({ sign_on: { ...signOn, name: event.currentTarget.value } })} />
                <TextInput label={t('shop.issuer')} placeholder="https://…" required value={signOn.issuer} onChange={(event) => set({ sign_on: { ...signOn, issuer: event.currentTarget.value } })} />
                <TextInput label={t('shop.client_id')} required value={signOn.client_id} onChange={(event) => set({ sign_on: { ...signOn, client_id: event.currentTarget.value } })} />
                <PasswordInput
                  label={t('shop.client_secret')}
                  description={signOn.has_secret ? t('shop.secret_there') : undefined}
                  autoComplete="off"
                  value={secret}
                  onChange={(event) => setSecret(event.currentTarget.value)}
                  visibilityToggleButtonProps={{ 'aria-label': t('sign_in.show') }}
                />
                <Text size="sm">
                  {t('shop.redirect')} <Code>{`${window.location.origin}/v1/sign-on/callback`}</Code>
                </Text>
              </>
            )}
          </Part>
        </SimpleGrid>
        {saving.error && <Problem error={saving.error} />}
        <Group justify="flex-end">
          <Button type="submit" color="teal.9" loading={saving.isPending}>
            {t('settings.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
