// Small pieces that pages are made of.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { card, png } from './card.js';
import { language, number, t, wrong } from './words';
import type { Points, Way } from './api';

export const amounts = (points: Points[]) => points.map((own) => `${number(own.amount)} ${name(own.points)}`).join(' + ');

/** An id as people read it. */
export const name = (id: string) => id.replace(/[-_]/g, ' ');

export function Section({ title, children, lead }: { title: string; children: ComponentChildren; lead?: string }) {
  const id = useId();
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {lead && <p class="quiet">{lead}</p>}
      {children}
    </section>
  );
}

/** How far something is, said and shown. */
export function Progress({ label, done, of }: { label: string; done: number; of: number }) {
  const id = useId();
  return (
    <div class="progress">
      <span id={id}>{label}</span>
      <progress aria-labelledby={id} value={Math.max(0, Math.min(done, of))} max={of || 1} />
    </div>
  );
}

/** What a tier takes, figure by figure. */
export function WayBars({ way }: { way: Way }) {
  return (
    <>
      {(way.figures ?? []).map((own) => (
        <Progress
          key={own.metric}
          label={t('tier.figure', { metric: name(own.metric), counted: Number(own.counted), needed: Number(own.needed) })}
          done={Number(own.counted)}
          of={Number(own.needed)}
        />
      ))}
      {(way.groups ?? []).map((own, at) => (
        <WayBars key={at} way={own} />
      ))}
    </>
  );
}

/** A button that does something, says so while it does, and what went wrong if it did not. */
export function Act({ children, act, kind = '', confirm }: { children: ComponentChildren; act: () => Promise<unknown>; kind?: string; confirm?: string }) {
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [asks, setAsks] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const go = async () => {
    setAsks(false);
    setBusy(true);
    setSaid('');
    try {
      await act();
    } catch (error) {
      setSaid(wrong(error));
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    if (asks) first.current?.focus();
  }, [asks]);
  if (asks)
    return (
      <div class="asks" role="alertdialog" aria-label={confirm}>
        <p>{confirm}</p>
        <button type="button" class={kind} ref={first} onClick={go}>
          {t('yes')}
        </button>{' '}
        <button type="button" class="plain" onClick={() => setAsks(false)}>
          {t('no')}
        </button>
      </div>
    );
  return (
    <>
      <button type="button" class={kind} disabled={busy} aria-busy={busy} onClick={() => (confirm ? setAsks(true) : void go())}>
        {children}
      </button>
      {said && (
        <p class="wrong" role="alert">
          {said}
        </p>
      )}
    </>
  );
}

/** A field with its name. */
export function Field({ label, hint, ...input }: { label: string; hint?: string; [name: string]: unknown }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} aria-describedby={hint ? `${id}-hint` : undefined} {...input} />
      {hint && (
        <small id={`${id}-hint`} class="quiet">
          {hint}
        </small>
      )}
    </div>
  );
}

/** What is asked of the server: shown while it comes, when it came, and when it does not. */
export function useAsked<T>(load: () => Promise<T>, on: unknown[]) {
  const [answer, setAnswer] = useState<T>();
  const [fault, setFault] = useState('');
  const again = () =>
    load().then(
      (came) => {
        setAnswer(came);
        setFault('');
      },
      (error: unknown) => setFault(wrong(error)),
    );
  useEffect(() => {
    void again();
  }, [language, ...on]);
  return { answer, fault, again, set: setAnswer };
}

export function Waits({ fault, again }: { fault: string; again: () => void }) {
  if (!fault)
    return (
      <p class="quiet" role="status">
        {t('loading')}
      </p>
    );
  return (
    <div role="alert" class="wrong">
      <p>{fault}</p>
      <button type="button" class="plain" onClick={again}>
        {t('again')}
      </button>
    </div>
  );
}

export function save(blob: Blob, as: string) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = as;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Shares a card as a picture, or saves it where nothing can be shared. */
export function ShareCard({ title, line, shop, colour }: { title: string; line: string; shop: string; colour: string }) {
  const share = async () => {
    const picture = await png(card({ title, line, shop, colour }));
    const file = new File([picture], 'card.png', { type: 'image/png' });
    if (navigator.canShare?.({ files: [file] })) await navigator.share({ files: [file], title, text: line });
    else save(picture, 'card.png');
  };
  return (
    <Act kind="plain" act={share}>
      {t('share.card', { title })}
    </Act>
  );
}
