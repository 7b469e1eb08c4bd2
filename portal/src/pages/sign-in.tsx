// Join and sign in: an address, a code that goes there, and of whoever is new the terms.
import { useState } from 'preact/hooks';
import { type Portal, Problem, type Session, ask, shop } from '../api';

import { Act, Field, Section } from '../parts';
import { language, t, wrong } from '../words';

const query = () => new URLSearchParams(location.search || location.hash.split('?')[1]);

export function SignIn({ portal, signed }: { portal: Portal; signed: (session: Session) => Promise<void> }) {
  const [step, setStep] = useState<'email' | 'code' | 'terms'>('email');
  const [email, setEmail] = useState('');
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [friend, setFriend] = useState(query().get('ref') ?? '');
  const [agreed, setAgreed] = useState(false);
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);

  const at = `/v1/portal/${encodeURIComponent(shop)}`;
  const send = () => ask('POST', `${at}/codes`, { email, language });
  const show = async (terms?: string) => {
    try {
      const body = { email, code: code.replace(/\s/g, ''), ...(terms ? { terms, name, referral_code: friend } : {}) };
      await signed(await ask<Session>('POST', `${at}/sessions`, body));
      location.hash = '#/';
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'terms_needed')) throw error;
      setStep('terms');
    }
  };
  const go = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setSaid('');
    try {
      if (step === 'email') {
        await send();
        setStep('code');
      } else await show(step === 'terms' ? portal.terms?.version : undefined);
    } catch (error) {
      setSaid(wrong(error));
      if (error instanceof Problem && error.code === 'wrong_code') setStep('code');
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <h1>{t('welcome', { title: portal.title })}</h1>
      <Section title={t(step === 'terms' ? 'join.title' : 'sign-in.title')}>
        <form onSubmit={go}>
          {step === 'email' && (
            <Field
              key="email"
              label={t('email')}
              hint={t('email.hint')}
              type="email"
              autocomplete="email"
              required
              value={email}
              onInput={(event: InputEvent) => setEmail((event.target as HTMLInputElement).value)}
            />
          )}
          {step === 'code' && (
            <>
              <p role="status">{t('code.sent', { email })}</p>
              <Field
                key="code"
                label={t('code')}
                inputMode="numeric"
                autocomplete="one-time-code"
                pattern="[0-9 ]{6,8}"
                autofocus
                required
                value={code}
                onInput={(event: InputEvent) => setCode((event.target as HTMLInputElement).value)}
              />
            </>
          )}
          {step === 'terms' && (
            <>
              <p role="status">{t('join.lead', { title: portal.title })}</p>
              <Field key="name" label={t('name')} autocomplete="name" value={name} onInput={(event: InputEvent) => setName((event.target as HTMLInputElement).value)} />
              {portal.referral && (
                <Field key="friend" label={t('friend.code')} autocomplete="off" value={friend} onInput={(event: InputEvent) => setFriend((event.target as HTMLInputElement).value)} />
              )}
              <Agree portal={portal} agreed={agreed} set={setAgreed} />
            </>
          )}
          <button type="submit" disabled={busy} aria-busy={busy}>
            {t(step === 'email' ? 'code.send' : step === 'code' ? 'sign-in' : 'join')}
          </button>
          {said && (
            <p class="wrong" role="alert">
              {said}
            </p>
          )}
        </form>
        {step === 'code' && (
          <div class="row">
            <Act kind="plain" act={send}>
              {t('code.again')}
            </Act>
            <button type="button" class="plain" onClick={() => setStep('email')}>
              {t('email.other')}
            </button>
          </div>
        )}
      </Section>
      <p>
        <a href="#/program">{t('program.how')}</a>
      </p>
    </>
  );
}

function Agree({ portal, agreed, set }: { portal: Portal; agreed: boolean; set: (yes: boolean) => void }) {
  const terms = portal.terms;
  if (!terms) return null;
  return (
    <>
      {/^https:/.test(terms.text) ? (
        <p>
          <a href={terms.text} target="_blank" rel="noreferrer">
            {t('terms.read', { version: terms.version })}
          </a>
        </p>
      ) : (
        <div class="terms" tabIndex={0} role="region" aria-label={t('terms')}>
          {terms.text}
        </div>
      )}
      <label class="check">
        <input type="checkbox" required checked={agreed} onChange={(event) => set(event.currentTarget.checked)} />
        <span>{t('terms.accept', { version: terms.version })}</span>
      </label>
    </>
  );
}

/** The terms changed since they were accepted. */
export function Terms({ portal, accepted, gone }: { portal: Portal; accepted: () => Promise<void>; gone: () => void }) {
  const [agreed, setAgreed] = useState(false);
  const accept = async () => {
    if (!agreed) return;
    await ask('POST', '/v1/me/terms', { version: portal.terms?.version });
    await accepted();
  };
  const out = async () => {
    await ask('DELETE', '/v1/me/session');
    gone();
  };
  return (
    <>
      <h1>{t('terms.changed')}</h1>
      <Section title={t('terms')}>
        <Agree portal={portal} agreed={agreed} set={setAgreed} />
        <div class="row">
          <Act act={accept}>{t('terms.go')}</Act>
          <Act kind="plain" act={out}>
            {t('sign-out')}
          </Act>
        </div>
      </Section>
    </>
  );
}
