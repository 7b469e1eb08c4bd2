// Says that something is done, for a while, at the edge of the page.
import { notifications } from '@mantine/notifications';
import i18n from 'i18next';

export function tell(message: string) {
  notifications.show({ message, color: 'teal', closeButtonProps: { 'aria-label': i18n.t('do.close') } });
}
