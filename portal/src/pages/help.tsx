// Help: questions with answers, somebody who answers from them and from the member's own history, and a
// person where that is not enough. And the program in words.
import { useState } from 'preact/hooks';
import { type Entry, type Portal } from '../api';
import type { Given } from '../app';
import { named, search, subject } from '../assist.js';
import { Section, amounts, name } from '../parts';
import { day, number, t } from '../words';
import { kind, ledger, reasons } from './history';

interface Said {
  asked: string;
  answer: string[];
  reasons?: string[];
  link?: { to: string; text: string };
  person?: boolean;
}

export function Help({ portal, me }: Given) {
  const [find, setFind] = useState('');
  const [asked, setAsked] = useState('');
  const [talk, setTalk] = useState<Said[]>([]);
  const [entries, setEntries] = useState<Entry[]>();
  const found = search(portal.faq, find);
  const send = async (event: Event) => {
    event.preventDefault();
    const question = asked.trim();
    if (!question) return;
    const own = entries ?? (await ledger(300).catch(() => ({ items: [] }))).items;
    setEntries(own);
    setTalk((talk) => [...talk, answer(question, { portal, me }, own)]);
    setAsked('');
  };
  return (
    <>
      <h1>{t('nav.help')}</h1>
      <Section title={t('faq')}>
        <label class="field">
          {t('faq.find')}
          <input type="search" value={find} onInput={(event) => setFind(event.currentTarget.value)} />
        </label>
        <p role="status" class="quiet">
          {find && t('faq.found', { count: found.length })}
        </p>
        {found.map((own) => (
          <details key={own.question}>
            <summary>{own.question}</summary>
            <p>{own.answer}</p>
          </details>
        ))}
      </Section>
      <Section title={t('assistant')} lead={t('assistant.lead')}>
        <div role="log" aria-label={t('assistant')}>
          {talk.map((said, at) => (
            <div key={at} class="talk">
              <p class="asked">{said.asked}</p>
              {said.answer.map((line) => (
                <p key={line}>{line}</p>
              ))}
              {said.reasons && (
                <ul>
                  {said.reasons.map((reason) => (
                    <li key={reason}>{reason}</li>
                  ))}
                </ul>
              )}
              {said.link && <a href={said.link.to}>{said.link.text}</a>}
              {said.person && <Person said={talk.slice(0, at + 1)} />}
            </div>
          ))}
        </div>
        <form onSubmit={send}>
          <label class="field">
            {t('assistant.ask')}
            <input value={asked} maxLength={500} onInput={(event) => setAsked(event.currentTarget.value)} />
          </label>
          <button type="submit">{t('ask')}</button>
        </form>
      </Section>
      <p>
        <a href="#/program">{t('program.how')}</a> · <a href="#/missing">{t('missing')}</a> · <a href="#/cases">{t('cases')}</a> ·{' '}
        <a href="#/surveys">{t('surveys')}</a>
      </p>
    </>
  );
}

/** Hands over to a person, with what was said so far: they answer in a case. */
function Person({ said }: { said: Said[] }) {
  const told = said.map((own) => `> ${own.asked}\n${own.answer.join('\n')}`).join('\n\n');
  const keep = () => {
    sessionStorage.setItem('subject', said.at(-1)?.asked.slice(0, 200) ?? '');
    sessionStorage.setItem('told', told.slice(0, 8000));
  };
  return (
    <a href="#/cases" onClick={keep}>
      {t('assistant.person')}
    </a>
  );
}

function answer(asked: string, { portal, me }: { portal: Portal; me: Given['me'] }, entries: Entry[]): Said {
  const entry = named(entries, asked);
  if (entry) {
    const moved = entry.points.length > 0 ? amounts(entry.points) : t('nothing');
    return { asked, answer: [t('assistant.entry', { what: `${kind(entry)} ${entry.order ?? ''}`.trim(), at: day(entry.at), moved })], reasons: reasons(entry) };
  }
  const points = me.balance.points;
  const [best] = search(portal.faq, asked);
  switch (subject(asked, t)) {
    case 'missing':
      return { asked, answer: [t('assistant.missing')], link: { to: '#/missing', text: t('missing') } };
    case 'expiry': {
      const lines = points.flatMap((own) => own.expiring.slice(0, 2).map((it) => t('balance.expiring', { amount: Number(it.amount), points: name(own.points), at: day(it.at) })));
      return { asked, answer: lines.length > 0 ? lines : [t('assistant.no-expiry')] };
    }
    case 'tier':
      if (me.balance.tier) return { asked, answer: [t('assistant.tier')], reasons: me.balance.tier.words };
      break;
    case 'reward': {
      const near = me.rewards.filter((own) => own.within_reach).map((own) => own.title);
      return { asked, answer: [near.length > 0 ? t('assistant.rewards', { rewards: near.join(', ') }) : t('reach.none')], link: { to: '#/rewards', text: t('nav.rewards') } };
    }
    case 'balance':
      return { asked, answer: points.map((own) => `${number(own.available)} ${name(own.points)}`), link: { to: '#/history', text: t('why') } };
    case 'person':
      return { asked, answer: [t('assistant.hand')], person: true };
  }
  if (best) return { asked, answer: [best.answer], person: true };
  return { asked, answer: [t('assistant.unknown')], person: true };
}

/** The program, made from its file: what it says is what decides. */
export function Explained({ portal }: { portal: Portal }) {
  const kinds = [...new Set(portal.explained.map((own) => own.kind))];
  return (
    <>
      <h1>{t('program.how')}</h1>
      <p class="quiet">{t('program.lead')}</p>
      {kinds.map((kind) => (
        <Section key={kind} title={t(`part.${kind}`)}>
          {portal.explained
            .filter((own) => own.kind === kind)
            .map((own) => (
              <div key={own.title}>
                {own.title && <h3>{name(own.title)}</h3>}
                <ul>
                  {own.says.map((line) => (
                    <li key={line}>{line}</li>
                  ))}
                </ul>
              </div>
            ))}
        </Section>
      ))}
      {portal.faq.length > 0 && (
        <Section title={t('faq')}>
          {portal.faq.map((own) => (
            <details key={own.question}>
              <summary>{own.question}</summary>
              <p>{own.answer}</p>
            </details>
          ))}
        </Section>
      )}
      <p>
        <a href="#/">{t('nav.home')}</a>
      </p>
    </>
  );
}
