// The versions of the program: who, when and why; what changed between any two, side by side; the way back.
import { Badge, Button, Group, NativeSelect, Paper, Table } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { programText } from '../../api/asks';
import { api, asFile, data, type Version } from '../../api/client';
import { useSession } from '../../api/session';
import { Ask } from '../../parts/ask';
import { Dialogue } from '../../parts/dialogue';
import { useFormat } from '../../parts/format';
import { SideBySide } from '../../parts/side-by-side';
import { Empty, Shown } from '../../parts/state';
import { useApproval } from './proposals';

export function useText(version: number | undefined) {
  return useQuery({ ...programText(version ?? 0), enabled: version !== undefined });
}

export function Versions({ versions, current }: { versions: Version[]; current: Version | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { may } = useSession();
  const queries = useQueryClient();
  const approval = useApproval();
  const [seen, setSeen] = useState<Version | null>(null);
  const [back, setBack] = useState<Version | null>(null);
  if (versions.length === 0) return <Empty title={t('program.none')} />;
  const proposing = approval.data?.needed === true;
  return (
    <>
      <Paper withBorder>
        <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'group', 'aria-label': t('program.versions') } }}>
          <Table verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('versions.version')}</Table.Th>
                <Table.Th scope="col">{t('versions.from')}</Table.Th>
                <Table.Th scope="col">{t('versions.by')}</Table.Th>
                <Table.Th scope="col">{t('versions.note')}</Table.Th>
                <Table.Th scope="col">{t('versions.do')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {versions.map((version) => (
                <Table.Tr key={version.version}>
                  <Table.Td>
                    {version.version}{' '}
                    {version.version === current?.version && (
                      <Badge color="teal.9" variant="filled" tt="none">
                        {t('versions.now')}
                      </Badge>
                    )}
                  </Table.Td>
                  <Table.Td>{format.moment(version.in_force_from < version.applied_at ? version.applied_at : version.in_force_from)}</Table.Td>
                  <Table.Td>{version.by}</Table.Td>
                  <Table.Td>{version.note}</Table.Td>
                  <Table.Td>
                    <Group gap="xs" wrap="nowrap">
                      <Button size="xs" variant="default" onClick={() => setSeen(version)} aria-label={t('versions.see_this', { version: version.version })}>
                        {t('versions.see')}
                      </Button>
                      {may('program') && version.version !== current?.version && (
                        <Button size="xs" variant="default" onClick={() => setBack(version)} aria-label={t('versions.back_to', { version: version.version })}>
                          {t('versions.back')}
                        </Button>
                      )}
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
      {seen && <Difference version={seen} versions={versions} close={() => setSeen(null)} />}
      <Ask
        opened={back !== null}
        close={() => setBack(null)}
        title={t('versions.back_to', { version: back?.version })}
        confirm={proposing ? t('proposals.propose') : t('versions.back')}
        danger
        needsReason
        said={proposing ? t('proposals.proposed_said') : t('versions.back_said')}
        act={async (note) => {
          const version = back?.version ?? 0;
          if (proposing) await data(api.POST('/v1/programs/proposals', { ...asFile, params: { query: { note } }, body: await queries.fetchQuery(programText(version)) }));
          else await data(
            api.POST('/v1/programs/{version}/roll-back', { params: { path: { version }, query: { note } } }),
          );
          await queries.invalidateQueries({ queryKey: ['program'] });
        }}
      >
        {t('versions.back_words')}
      </Ask>
    </>
  );
}

function Difference({ version, versions, close }: { version: Version; versions: Version[]; close: () => void }) {
  const { t } = useTranslation();
  const others = versions.filter((other) => other.version !== version.version);
  const [against, setAgainst] = useState<number | undefined>(others.find((other) => other.version === version.version - 1)?.version);
  const now = useText(version.version);
  const old = useText(against);
  const ready = now.data !== undefined && (against === undefined || old.data !== undefined);
  return (
    <Dialogue opened onClose={close} size="90%" title={against === undefined ? t('versions.text_of', { version: version.version }) : t('versions.difference', { before: against, version: version.version })}>
      <NativeSelect
        mb="sm"
        w="fit-content"
        label={t('versions.against')}
        value={against ?? ''}
        onChange={(event) => setAgainst(event.currentTarget.value ? Number(event.currentTarget.value) : undefined)}
        data={[{ value: '', label: t('versions.with_none') }, ...others.map((other) => ({ value: String(other.version), label: String(other.version) }))]}
      />
      {!ready ? (
        <Shown of={now.error ? now : old}>{() => null}</Shown>
      ) : against === undefined ? (
        <pre className="diff" tabIndex={0} aria-label={t('versions.text')}>
          {now.data}
        </pre>
      ) : (
        <SideBySide before={old.data ?? ''} after={now.data ?? ''} names={[String(against), String(version.version)]} />
      )}
    </Dialogue>
  );
}
