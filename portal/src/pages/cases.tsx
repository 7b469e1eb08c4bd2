// What a member wrote to the shop, or was not happy with, and what was said to and fro.
import { useState } from 'preact/hooks';
import { type OwnCase, type OwnCases, ask } from '../api';
import type { Given } from '../app';
import { Field, Section, Waits, useAsked } from '../parts';
import { day, moment, t, wrong } from '../words';

export function Cases(_: Given) {
  const { answer, fault, again } = useAsked(() => ask<OwnCases>('GET', '/v1/me/cases'), []);
  return (
    <>
      <h1>{t('cases')}</h1>
      <Write again={again} />
      {!answer ? (
        <Waits fault={fault} again={again} />
      ) : answer.items.length === 0 ? (
        <p class="quiet">{t('cases.none')}</p>
      ) : (
        answer.items.map((own) => <Case key={own.id} own={own} again={again} />)
      )}
    </>
  );
}

/** A form that sends text, and says what went wrong if it did not. */
function useSending(send: (value: (name: string) => string) => Promise<unknown>, done: () => Promise<unknown>) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const [sent, setSent] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const own = new FormData(form);
    setBusy(true);
    setFault('');
    try {
      await send((name) => String(own.get(name) ?? '').trim());
      form.reset();
      setSent(true);
      await done();
    } catch (error) {
      setFault(wrong(error));
    } finally {
      setBusy(false);
    }
  };
  return { submit, busy, fault, sent };
}

function Write({ again }: { again: () => Promise<unknown> }) {
  const sending = useSending((value) => ask('POST', '/v1/me/cases', { subject: value('subject'), text: value('text') }), again);
  const subject = sessionStorage.getItem('subject') ?? '';
  const text = sessionStorage.getItem('told') ?? '';
  return (
    <Section title={t('cases.write')} lead={t('cases.lead')}>
      <form
        onSubmit={(event) => {
          sessionStorage.removeItem('subject');
          sessionStorage.removeItem('told');
          void sending.submit(event);
        }}
      >
        <Field label={t('cases.subject')} name="subject" required maxLength={200} defaultValue={subject} />
        <label class="field">
          {t('cases.text')}
          <textarea name="text" rows={5} required maxLength={8000} defaultValue={text} />
        </label>
        <button type="submit" disabled={sending.busy} aria-busy={sending.busy}>
          {t('cases.send')}
        </button>
      </form>
      <p role="status">{sending.sent ? t('cases.sent') : ''}</p>
      {sending.fault && (
        <p class="wrong" role="alert">
          {sending.fault}
        </p>
      )}
    </Section>
  );
}

function Case({ own, again }: { own: OwnCase; again: () => Promise<unknown> }) {
  const path = `/v1/me/cases/${encodeURIComponent(own.id)}/lines`;
  const sending = useSending((value) => ask('POST', path, { text: value('text') }), again);
  return (
    <Section title={own.subject} lead={`${t(`cases.${own.state}`)} · ${day(own.opened_at)}`}>
      <ol class="list">
        {own.lines.map((line, at) => (
          <li key={at}>
            <small class="quiet">
              {t(line.own ? 'cases.you' : 'cases.shop')} · <time dateTime={line.at}>{moment(line.at)}</time>
            </small>
            <p class="letter">{line.text}</p>
          </li>
        ))}
      </ol>
      <form onSubmit={sending.submit}>
        <label class="field">
          {t('cases.answer')}
          <textarea name="text" rows={3} required maxLength={8000} />
        </label>
        <button type="submit" class="plain" disabled={sending.busy} aria-busy={sending.busy}>
          {t('cases.send')}
        </button>
      </form>
      {sending.fault && (
        <p class="wrong" role="alert">
          {sending.fault}
        </p>
      )}
    </Section>
  );
}
