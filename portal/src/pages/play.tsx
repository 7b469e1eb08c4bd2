// What is fun: challenges, badges, leaderboards; and friends.
import { useState } from 'preact/hooks';
import { type Board, ask } from '../api';
import type { Given } from '../app';
import { Act, Field, Progress, Section, ShareCard, Waits, useAsked } from '../parts';
import { day, number, t } from '../words';

export function Play({ portal, me, again }: Given) {
  const { balance } = me;
  const challenges = balance.challenges ?? [];
  const badges = balance.badges ?? [];
  const join = async (id: string) => {
    await ask('POST', `/v1/me/challenges/${encodeURIComponent(id)}/join`);
    await again();
  };
  return (
    <>
      <h1>{t('nav.play')}</h1>
      <Section title={t('challenges')}>
        {challenges.length === 0 && <p class="quiet">{t('challenges.none')}</p>}
        <ul class="list">
          {challenges.map((own) => (
            <li key={own.challenge}>
              <h3>{own.title}</h3>
              {own.until && <small class="quiet">{t('until', { at: day(own.until) })}</small>}
              {own.met > 0 && <p>{t('challenge.met', { count: own.met })}</p>}
              {own.joined ? (
                own.steps.map((step, at) => (
                  <Progress key={at} label={t('challenge.step', { title: step.title, counted: step.counted, needed: step.needed })} done={step.counted} of={step.needed} />
                ))
              ) : (
                <Act act={() => join(own.challenge)}>{t('challenge.join', { title: own.title })}</Act>
              )}
            </li>
          ))}
        </ul>
      </Section>
      <Section title={t('badges')}>
        {badges.length === 0 && <p class="quiet">{t('badges.none')}</p>}
        <ul class="list">
          {badges.map((own) => (
            <li key={own.badge}>
              <h3>{own.title}</h3>
              <small class="quiet">{day(own.given_at)}</small>
              <ShareCard title={own.title} line={t('share.badge', { title: portal.title })} shop={portal.title} colour={portal.colour} />
            </li>
          ))}
        </ul>
      </Section>
      {portal.leaderboards.length > 0 && <Nickname nickname={me.nickname ?? ''} again={again} />}
      {portal.leaderboards.map((own) => (
        <Leaderboard key={own.id + (me.nickname ?? '')} id={own.id} title={own.title} />
      ))}
      {portal.referral && (
        <p>
          <a href="#/friends">{t('friends.invite')}</a>
        </p>
      )}
    </>
  );
}

function Nickname({ nickname, again }: { nickname: string; again: () => Promise<void> }) {
  const [now, setNow] = useState(nickname);
  const set = async (own: string | null) => {
    await ask('PUT', '/v1/me/nickname', { nickname: own });
    setNow(own ?? '');
    await again();
  };
  return (
    <Section title={t('nickname')} lead={t('nickname.lead')}>
      <Field label={t('nickname')} hint={t('nickname.hint')} maxLength={24} value={now} onInput={(event: InputEvent) => setNow((event.target as HTMLInputElement).value)} />
      <div class="row">
        <Act act={() => set(now || null)}>{t('save')}</Act>
        {nickname && (
          <Act kind="plain" act={() => set(null)}>
            {t('nickname.off')}
          </Act>
        )}
      </div>
    </Section>
  );
}

function Leaderboard({ id, title }: { id: string; title: string }) {
  const { answer, fault, again } = useAsked(() => ask<Board>('GET', `/v1/me/leaderboards/${encodeURIComponent(id)}`), [id]);
  return (
    <Section title={title}>
      {!answer ? (
        <Waits fault={fault} again={again} />
      ) : answer.top.length === 0 ? (
        <p class="quiet">{t('board.none')}</p>
      ) : (
        <ol class="board">
          {answer.top.map((own) => (
            <li key={own.place} value={own.place} aria-current={own.place === answer.own?.place ? 'true' : undefined}>
              <span>{own.nickname}</span> <strong>{number(own.figure)}</strong>
            </li>
          ))}
        </ol>
      )}
      {answer?.own && <p>{t('board.own', { place: answer.own.place })}</p>}
    </Section>
  );
}

export function Friends({ portal, me }: Given) {
  const link = me.referral_link ?? `${location.origin}${location.pathname}?ref=${me.referral_code ?? ''}`;
  const [said, setSaid] = useState('');
  const text = t('friends.text', { title: portal.title });
  const copy = async () => {
    await navigator.clipboard.writeText(link);
    setSaid(t('copied'));
  };
  const own = me.balance.referral;
  return (
    <>
      <h1>{t('friends')}</h1>
      {!me.referral_code ? (
        <p class="quiet">{t('friends.none')}</p>
      ) : (
        <Section title={t('friends.code')}>
          <p class="code">{me.referral_code}</p>
          <p class="break">{link}</p>
          <div class="row">
            <Act act={copy}>{t('copy')}</Act>
            {'share' in navigator && (
              <Act kind="plain" act={() => navigator.share({ title: portal.title, text, url: link })}>
                {t('share')}
              </Act>
            )}
            <a class="button plain" href={`mailto:?subject=${encodeURIComponent(portal.title)}&body=${encodeURIComponent(`${text}\n${link}`)}`}>
              {t('share.mail')}
            </a>
            <a class="button plain" href={`https://wa.me/?text=${encodeURIComponent(`${text} ${link}`)}`} target="_blank" rel="noreferrer">
              WhatsApp
            </a>
          </div>
          <p role="status">{said}</p>
          {own && <p>{t('friends.count', { clicks: own.clicks, joined: own.joined, bought: own.bought })}</p>}
        </Section>
      )}
    </>
  );
}
