// What a member is known by, each with its kind.
import { useTranslation } from 'react-i18next';
import type { Member } from '../api/client';

export function Identities({ of }: { of: Member['identities'] }) {
  const { t } = useTranslation();
  return (
    <span className="tags">
      {of.map(({ kind, value, typed }) => (
        <span key={kind + value} className="tag">
          {kind}: {value}
          {typed && ` (${t('member.typed', { typed })})`}
        </span>
      ))}
    </span>
  );
}
