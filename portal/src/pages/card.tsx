// The card that is shown at a till: big, black on white, and there without a network once it was seen.
import { type MemberCard, type PassLink, ask, shop } from '../api';
import type { Given } from '../app';
import { Act, Waits, useAsked } from '../parts';
import { t } from '../words';
import { Qr } from './rewards';

/** A number in groups, as it stands on plastic cards; an id stays as it is. */
const grouped = (number: string) => (/^\d+$/.test(number) ? number.replace(/(.{4})(?=.)/g, '$1 ') : number);

export function Card(_: Given) {
  const { answer, fault, again } = useAsked(() => ask<MemberCard>('GET', '/v1/me/card'), []);
  const google = async () => {
    const { link } = await ask<PassLink>('GET', '/v1/me/card/google');
    location.assign(link);
  };
  return (
    <>
      <h1>{t('member-card')}</h1>
      {!answer ? (
        <Waits fault={fault} again={again} />
      ) : (
        <>
          <section class="till-card">
            <p>{t('code.at-till')}</p>
            <Qr text={answer.number} />
            <p class="code break">{grouped(answer.number)}</p>
            {answer.name && <p>{answer.name}</p>}
          </section>
          {(answer.apple || answer.google) && (
            <p class="row">
              {answer.apple && (
                <a class="button plain" href={`/v1/me/card.pkpass?shop=${encodeURIComponent(shop)}`}>
                  {t('member-card.apple')}
                </a>
              )}
              {answer.google && (
                <Act kind="plain" act={google}>
                  {t('member-card.google')}
                </Act>
              )}
            </p>
          )}
        </>
      )}
    </>
  );
}
