// Rewards: what is within reach, what is missing for the others, and the code of what was redeemed.
import { useMemo, useState } from 'preact/hooks';
import { encode } from 'uqr';
import { type Offer, Problem, type Redeemed, ask, readableCode } from '../api';
import type { Given } from '../app';
import { Act, Section, amounts, name } from '../parts';
import { has, moment, t } from '../words';

export function Rewards({ me, again }: Given) {
  const held = me.redemptions.filter((own) => own.status === 'held');
  const near = me.rewards.filter((own) => own.within_reach);
  const far = me.rewards.filter((own) => !own.within_reach);
  return (
    <>
      <h1>{t('nav.rewards')}</h1>
      {held.length > 0 && (
        <Section title={t('codes')}>
          <ul class="list">
            {held.map((own) => (
              <li key={own.id}>
                <a href={`#/code/${encodeURIComponent(own.id)}`}>{t('code.show', { reward: titleOf(me.rewards, own.reward) })}</a>
                {own.held_until && <small class="quiet">{t('code.until', { at: moment(own.held_until) })}</small>}
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title={t('reach')}>
        {near.length === 0 && <p class="quiet">{t('reach.none')}</p>}
        <ul class="list">
          {near.map((own) => (
            <OfferItem key={own.reward} own={own} again={again} />
          ))}
        </ul>
      </Section>
      {far.length > 0 && (
        <Section title={t('reach.later')}>
          <ul class="list">
            {far.map((own) => (
              <li key={own.reward}>
                <h3>{own.title}</h3>
                <p class="quiet">
                  {own.missing.length > 0 ? t('reach.missing', { missing: amounts(own.missing) }) : own.code && has(`wrong.${own.code}`) ? t(`wrong.${own.code}`) : own.detail}
                </p>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

const titleOf = (offers: Offer[], reward: string) => offers.find((own) => own.reward === reward)?.title ?? name(reward);

function OfferItem({ own, again }: { own: Offer; again: () => Promise<void> }) {
  // One key for one wish: pressed twice, it is redeemed once.
  const key = useMemo(readableCode, [own.reward]);
  const [address, setAddress] = useState<string>();
  const redeem = async () => {
    try {
      const body = { reward: own.reward, ...(address ? { address } : {}) };
      await ask<Redeemed>('POST', '/v1/me/redemptions', body, { 'Idempotency-Key': key });
    } catch (error) {
      if (error instanceof Problem && error.code === 'address_missing') setAddress('');
      throw error;
    }
    await again();
    location.hash = `#/code/${key}`;
  };
  return (
    <li>
      <h3>{own.title}</h3>
      <p class="quiet">{own.price.length > 0 ? amounts(own.price) : own.vouchers > 0 ? t('voucher.free') : t('free')}</p>
      {address !== undefined && (
        <label class="field">
          {t('address')}
          <textarea rows={3} value={address} onInput={(event) => setAddress(event.currentTarget.value)} />
        </label>
      )}
      <Act act={redeem} confirm={t('redeem.ask', { title: own.title, price: own.price.length > 0 ? amounts(own.price) : t('free') })}>
        {t('redeem', { title: own.title })}
      </Act>
    </li>
  );
}

/** The code as a picture that a till reads: one path, no styles. */
export function Qr({ text }: { text: string }) {
  const path = useMemo(() => {
    const { data } = encode(text, { border: 0 });
    return data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  }, [text]);
  const size = useMemo(() => encode(text, { border: 0 }).size, [text]);
  return (
    <svg class="qr" role="img" aria-label={t('qr', { code: text })} viewBox={`-4 -4 ${size + 8} ${size + 8}`} shape-rendering="crispEdges">
      <rect x="-4" y="-4" width={size + 8} height={size + 8} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

export function Voucher({ id, me, again }: Given & { id: string }) {
  const own = me.redemptions.find((it) => it.id === id);
  if (!own)
    return (
      <>
        <h1>{t('code.gone')}</h1>
        <a href="#/rewards">{t('nav.rewards')}</a>
      </>
    );
  const back = async () => {
    await ask('POST', `/v1/me/redemptions/${encodeURIComponent(id)}/cancel`);
    await again();
    location.hash = '#/rewards';
  };
  return (
    <>
      <h1>{titleOf(me.rewards, own.reward)}</h1>
      <section class="card centre">
        {own.status === 'held' ? (
          <>
            <p>{t('code.at-till')}</p>
            <Qr text={own.id} />
            <p class="code">{own.id.length === 10 ? `${own.id.slice(0, 5)} ${own.id.slice(5)}` : own.id}</p>
            {own.held_until && <p>{t('code.until', { at: moment(own.held_until) })}</p>}
            <Act kind="plain" act={back} confirm={t('code.back.ask')}>
              {t('code.back')}
            </Act>
          </>
        ) : (
          <p>{t('code.used', { at: own.committed_at ? moment(own.committed_at) : '' })}</p>
        )}
      </section>
    </>
  );
}
