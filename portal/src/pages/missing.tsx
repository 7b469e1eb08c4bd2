// Missing points: what the receipt says; and how earlier claims stand.
import { useEffect, useState } from 'preact/hooks';
import { type Claim, ask } from '../api';
import type { Given } from '../app';
import { Field, Section } from '../parts';
import { day, money, t, wrong } from '../words';

/** The ids of claims are kept on this device; the claims themselves are the server's. */
const KEPT = 'claims';
const known = (): string[] => JSON.parse(localStorage.getItem(KEPT) ?? '[]') as string[];

/** Where the member is, as a field for days writes it. The shop looks at it by its own calendar. */
const today = () => new Date().toLocaleDateString('sv');

export function Missing({ portal, again }: Given) {
  const [claims, setClaims] = useState<Claim[]>([]);
  const [said, setSaid] = useState('');
  const [fault, setFault] = useState('');
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const read = known().map((id) => ask<Claim>('GET', `/v1/me/claims/${encodeURIComponent(id)}`).catch(() => undefined));
    void Promise.all(read).then((all) => setClaims(all.filter((own) => own !== undefined)));
  }, []);
  const file = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const value = (name: string) => String(new FormData(form).get(name) ?? '').trim();
    setBusy(true);
    setFault('');
    try {
      const text = value('text');
      const claim = await ask<Claim>('POST', '/v1/me/claims', {
        order: value('order'),
        on: value('on'),
        total: value('total').replace(',', '.'),
        currency: portal.currency,
        ...(text ? { text } : {}),
      });
      localStorage.setItem(KEPT, JSON.stringify([claim.id, ...known().filter((id) => id !== claim.id)].slice(0, 50)));
      setClaims((all) => [claim, ...all.filter((own) => own.id !== claim.id)]);
      setSaid(t(`claim.${claim.state}`));
      form.reset();
      await again();
    } catch (error) {
      setFault(wrong(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <h1>{t('missing')}</h1>
      <Section title={t('missing.file')} lead={t('missing.lead')}>
        <form onSubmit={file}>
          <Field label={t('missing.order')} name="order" required maxLength={64} autocomplete="off" />
          <Field label={t('missing.on')} name="on" type="date" required max={today()} />
          <Field label={t('missing.total', { currency: portal.currency })} name="total" inputMode="decimal" required pattern="[0-9]+([.,][0-9]{1,3})?" />
          <Field label={t('missing.text')} name="text" maxLength={500} />
          <button type="submit" disabled={busy} aria-busy={busy}>
            {t('missing.send')}
          </button>
        </form>
        <p role="status">{said}</p>
        {fault && (
          <p class="wrong" role="alert">
            {fault}
          </p>
        )}
      </Section>
      {claims.length > 0 && (
        <Section title={t('missing.earlier')}>
          <ul class="list">
            {claims.map((own) => (
              <li key={own.id}>
                <h3>
                  {own.order} · {money(own.total, own.currency)}
                </h3>
                <p>{t(`claim.${own.state}`)}</p>
                <small class="quiet">{day(own.filed_at)}</small>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
