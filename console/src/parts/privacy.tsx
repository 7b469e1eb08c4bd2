// What a member may ask for by law: all that is kept about them, and to be forgotten.
import { Alert, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, data } from '../api/client';
import { useSession } from '../api/session';
import { Ask } from './ask';
import { saveJson } from './download';

export function Privacy({ member, name }: { member: string; name: string }) {
  const { t } = useTranslation();
  const { may } = useSession();
  const queries = useQueryClient();
  const [exporting, exports] = useDisclosure();
  const [erasing, erase] = useDisclosure();
  const path = { path: { member } };
  return (
    <>
      <Button variant="default" onClick={exports.open}>
        {t('privacy.export')}
      </Button>
      {may('admin') && (
        <Button variant="default" onClick={erase.open}>
          {t('privacy.erase')}
        </Button>
      )}
      <Ask
        opened={exporting}
        close={exports.close}
        title={t('privacy.export_title', { name })}
        confirm={t('privacy.export')}
        needsReason
        said={t('privacy.exported')}
        act={async (reason) => saveJson(member, await data(api.POST('/v1/members/{member}/export', { params: path, body: { reason } })))}
      >
        {t('privacy.export_words')}
      </Ask>
      <Ask
        opened={erasing}
        close={erase.close}
        title={t('privacy.erase_title', { name })}
        confirm={t('privacy.erase')}
        danger
        needsReason
        said={t('privacy.erased')}
        act={async (reason) => {
          await data(api.POST('/v1/members/{member}/erase', { params: path, body: { reason } }));
          await queries.invalidateQueries({ queryKey: ['member'] });
          await queries.invalidateQueries({ queryKey: ['members'] });
        }}
      >
        <Alert color="red" variant="light">
          {t('privacy.erase_words')}
        </Alert>
      </Ask>
    </>
  );
}
