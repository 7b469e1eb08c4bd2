// What the shop wrote to the member: it lies here and disturbs nobody.
import { type Inbox as Letters, ask } from '../api';
import type { Given } from '../app';
import { Waits, useAsked } from '../parts';
import { day, t } from '../words';

export function Inbox(_: Given) {
  const { answer, fault, again } = useAsked(() => ask<Letters>('GET', '/v1/me/inbox'), []);
  return (
    <>
      <h1>{t('inbox')}</h1>
      {!answer ? (
        <Waits fault={fault} again={again} />
      ) : answer.items.length === 0 ? (
        <p class="quiet">{t('inbox.empty')}</p>
      ) : (
        <ul class="list card">
          {answer.items.map((own) => (
            <li class="line" key={own.id} lang={own.language}>
              <h2>{own.subject}</h2>
              <time class="quiet" dateTime={own.at}>
                {day(own.at)}
              </time>
              <p class="letter">{own.text}</p>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
