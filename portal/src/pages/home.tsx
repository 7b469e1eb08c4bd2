// The first page: what there is, what comes and what lapses, how far the next tier, card and reward are.
import { useState } from 'preact/hooks';
import { type PersonalOffers, type Recommendations, type TakenOffer, type ToAnswers, ask } from '../api';
import type { Given } from '../app';
import { Act, Progress, Section, ShareCard, WayBars, amounts, name, useAsked } from '../parts';
import { day, money, moment, number, said, t } from '../words';

/** Surveys that wait for an answer, if there are any. */
function Waiting() {
  const { answer } = useAsked(() => ask<ToAnswers>('GET', '/v1/me/surveys'), []);
  const count = answer?.items.length ?? 0;
  if (count === 0) return null;
  return (
    <p class="note">
      <a href="#/surveys">{t('surveys.waiting', { count })}</a>
    </p>
  );
}

/** What the shop offers them alone, to be taken; nothing for whoever is held out. */
function Offered({ again }: Pick<Given, 'again'>) {
  const { answer, again: reload } = useAsked(() => ask<PersonalOffers>('GET', '/v1/me/offers'), []);
  const [told, setTold] = useState('');
  const items = (answer?.items ?? []).filter((own) => own.state !== 'refused');
  if (items.length === 0 && told === '') return null;
  const take = async (choice: string) => {
    const done = await ask<TakenOffer>('POST', `/v1/me/offers/${encodeURIComponent(choice)}`);
    setTold(t(`offers.${done.state}`));
    await reload();
    await again();
  };
  return (
    <Section title={t('offers')}>
      <p role="status">{told}</p>
      <ul class="list">
        {items.map((own) => {
          const title = said(own.title, own.language);
          return (
            <li key={own.choice}>
              <h3>{title}</h3>
              {said(own.text, own.language) && <p>{said(own.text, own.language)}</p>}
              <p class="quiet">{own.state === 'taken' ? t('offers.taken') : t('offers.until', { at: moment(own.until) })}</p>
              {own.state === 'open' && <Act act={() => take(own.choice)}>{t('offers.take_named', { title })}</Act>}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

/** What goes with what they bought, if there is something; nothing for whoever is held out. */
function Recommended() {
  const { answer } = useAsked(() => ask<Recommendations>('GET', '/v1/me/recommendations'), []);
  const items = answer?.items ?? [];
  if (items.length === 0) return null;
  const why = (own: Recommendations['items'][number]) => {
    const bought = own.bought_name ?? own.bought ?? '';
    if (own.kind === 'together') return t('recommended.together', { bought });
    if (own.kind === 'also') return t('recommended.also', { bought });
    return own.kind === 'after' ? t('recommended.after', { bought }) : t('recommended.popular');
  };
  return (
    <Section title={t('recommended')}>
      <ul>
        {items.map((own) => (
          <li key={own.product.id}>
            <strong>{own.product.name}</strong>
            {own.product.size ? `, ${own.product.size}` : ''}
            <br />
            <span class="quiet">{why(own)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Home({ portal, me, again }: Given) {
  const { balance } = me;
  const title = (tier: string) => portal.tiers.find((own) => own.id === tier)?.title ?? name(tier);
  const near = me.rewards.filter((own) => own.within_reach);
  const next = me.rewards.find((own) => !own.within_reach && own.missing.length > 0);
  const called = typeof me.member.attributes.name === 'string' ? me.member.attributes.name : '';
  return (
    <>
      <h1>{called ? t('hello', { name: called }) : t('hello.nobody')}</h1>
      {balance.on_hold && (
        <p class="note" role="status">
          {t('on_hold', { at: day(balance.on_hold.since), reason: balance.on_hold.reason })}
        </p>
      )}
      <p>
        <a class="button" href="#/card">
          {t('member-card.show')}
        </a>
      </p>
      <Waiting />
      <Offered again={again} />
      <Section title={t('balance')}>
        {balance.points.map((own) => (
          <div key={own.points} class="points">
            <p class="big">
              <strong>{number(own.available)}</strong> {name(own.points)}
            </p>
            {Number(own.pending) > 0 && <p>{t('balance.pending', { amount: Number(own.pending), points: name(own.points) })}</p>}
            {Number(own.held) > 0 && <p>{t('balance.held', { amount: Number(own.held), points: name(own.points) })}</p>}
            {Number(own.debt) > 0 && <p>{t('balance.debt', { amount: Number(own.debt), points: name(own.points) })}</p>}
            {own.expiring[0] && <p class="note">{t('balance.expiring', { amount: Number(own.expiring[0].amount), points: name(own.points), at: day(own.expiring[0].at) })}</p>}
          </div>
        ))}
        {(balance.money ?? []).map((own) => (
          <p key={own.account}>{t('money', { account: name(own.account), amount: money(own.available, own.currency) })}</p>
        ))}
        <p>
          <a href="#/history">{t('why')}</a>
        </p>
      </Section>
      <Section title={t('reach')}>
        {near.length > 0 ? (
          <p>
            <a href="#/rewards">{t('reach.now', { count: near.length })}</a>
          </p>
        ) : null}
        {next ? (
          <Progress
            label={t('reach.next', { title: next.title, missing: amounts(next.missing) })}
            done={Number(next.price[0]?.amount ?? 0) - Number(next.missing[0]?.amount ?? 0)}
            of={Number(next.price[0]?.amount ?? 1)}
          />
        ) : null}
        {near.length === 0 && !next ? <p class="quiet">{t('reach.none')}</p> : null}
      </Section>
      {balance.tier && (
        <Section title={t('tier', { title: title(balance.tier.tier) })}>
          {balance.tier.until && <p>{t('tier.until', { at: day(balance.tier.until) })}</p>}
          {balance.tier.next ? (
            <>
              <p>{t('tier.next', { title: title(balance.tier.next.tier) })}</p>
              <WayBars way={balance.tier.next.way} />
            </>
          ) : (
            <p>{t('tier.highest')}</p>
          )}
          <ShareCard title={title(balance.tier.tier)} line={t('share.tier', { title: portal.title })} shop={portal.title} colour={portal.colour} />
        </Section>
      )}
      {balance.cards.length > 0 && (
        <Section title={t('cards')}>
          {balance.cards.map((own) => (
            <Progress key={own.card} label={t('card.stamps', { card: name(own.card), stamps: own.stamps, of: own.full })} done={own.stamps} of={own.full} />
          ))}
        </Section>
      )}
      <Recommended />
      {portal.referral && (
        <p>
          <a href="#/friends">{t('friends.invite')}</a>
        </p>
      )}
    </>
  );
}
