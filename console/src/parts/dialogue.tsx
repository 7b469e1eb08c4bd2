// A dialogue before the page. Its head is no `header`: of those a page has one, and that is the page's.
import { Group, Modal, type ModalRootProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export function Dialogue({ title, children, ...rest }: { title: string; children: ReactNode } & Omit<ModalRootProps, 'children' | 'title'>) {
  const { t } = useTranslation();
  return (
    <Modal.Root centered {...rest}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <Group justify="space-between" wrap="nowrap" mb="md" align="flex-start">
            <Modal.Title fw={650}>{title}</Modal.Title>
            <Modal.CloseButton aria-label={t('do.close')} />
          </Group>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
