// Every line of the ledger with its reasons; and a month of it, to print.
import { useState } from 'preact/hooks';
import { type Entry, type Page, ask } from '../api';
import type { Given } from '../app';
import { Waits, amounts, useAsked } from '../parts';
import { day, has, language, number, t } from '../words';

export const kind = (entry: Entry) => (has(`kind.${entry.type}`) ? t(`kind.${entry.type}`) : entry.type.replace(/_/g, ' '));

/** Of the ledger so much: pages of fifty, one after the other. */
export async function ledger(most: number, until?: (entry: Entry) => boolean): Promise<{ items: Entry[]; next?: string | null }> {
  const items: Entry[] = [];
  let after: string | null | undefined;
  do {
    const page: Page<Entry> = await ask('GET', `/v1/me/ledger?limit=100${after ? `&after=${encodeURIComponent(after)}` : ''}`);
    items.push(...page.items);
    after = page.next;
    if (until && page.items.some(until)) break;
  } while (after && items.length < most);
  return { items, next: after };
}

/** What gave something; rules that did not are for the shop. */
export const reasons = (entry: Entry) => {
  const gave = entry.reasons.filter((reason) => !entry.missed.includes(reason));
  return gave.length > 0 ? gave : entry.reasons;
};

export function Line({ entry }: { entry: Entry }) {
  return (
    <li class="line">
      <div class="between">
        <h2>
          {kind(entry)}
          {entry.order ? ` ${entry.order}` : ''}
        </h2>
        <span class={entry.points.some((own) => Number(own.amount) < 0) ? 'minus' : 'plus'}>{entry.points.length > 0 ? amounts(entry.points) : ''}</span>
      </div>
      <time class="quiet" dateTime={entry.at}>
        {day(entry.at)}
      </time>
      {entry.verdict === 'refused' && <p class="wrong">{t('refused', { detail: entry.detail ?? '' })}</p>}
      {reasons(entry).length > 0 && (
        <details>
          <summary>{t('why.line')}</summary>
          <ul>
            {reasons(entry).map((reason, at) => (
              <li key={at}>{reason}</li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

export function History(_: Given) {
  const [most, setMost] = useState(100);
  const { answer, fault, again } = useAsked(() => ledger(most), [most]);
  const shown = answer?.items.filter((own) => own.points.length > 0 || own.reasons.length > 0 || own.verdict === 'refused');
  return (
    <>
      <h1>{t('nav.history')}</h1>
      <p>
        <a href="#/inbox">{t('inbox')}</a> · <a href="#/statement">{t('statement')}</a> · <a href="#/missing">{t('missing')}</a>
      </p>
      {!shown ? (
        <Waits fault={fault} again={again} />
      ) : shown.length === 0 ? (
        <p class="quiet">{t('history.none')}</p>
      ) : (
        <ul class="list card">
          {shown.map((entry) => (
            <Line key={entry.seq} entry={entry} />
          ))}
        </ul>
      )}
      {answer?.next && (
        <button type="button" class="plain" onClick={() => setMost(most + 100)}>
          {t('more')}
        </button>
      )}
    </>
  );
}

const monthOf = (at: string) => at.slice(0, 7);

export function Statement({ portal, me }: Given) {
  const [month, setMonth] = useState(monthOf(me.balance.as_of));
  const { answer, fault, again } = useAsked(() => ledger(5000, (own) => monthOf(own.at) < month), [month]);
  const months = Array.from({ length: 13 }, (_, back) => {
    const [year = 0, own = 1] = monthOf(me.balance.as_of).split('-').map(Number);
    return new Date(Date.UTC(year, own - 1 - back, 1)).toISOString().slice(0, 7);
  });
  const called = (own: string) => new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${own}-01T00:00:00Z`));
  const lines = answer?.items.filter((own) => monthOf(own.at) === month && own.points.length > 0).reverse();
  const sums = new Map<string, number>();
  lines?.forEach((own) => own.points.forEach(({ points, amount }) => sums.set(points, (sums.get(points) ?? 0) + Number(amount))));
  return (
    <>
      <h1>
        {t('statement')} · {portal.title}
      </h1>
      <div class="row no-print">
        <label class="field">
          {t('month')}
          <select value={month} onChange={(event) => setMonth(event.currentTarget.value)}>
            {months.map((own) => (
              <option key={own} value={own}>
                {called(own)}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="plain" onClick={() => print()}>
          {t('print')}
        </button>
      </div>
      {!lines ? (
        <Waits fault={fault} again={again} />
      ) : (
        <div class="card scroll" tabIndex={0} role="region" aria-label={t('statement')}>
          <table>
            <caption>{called(month)}</caption>
            <thead>
              <tr>
                <th scope="col">{t('date')}</th>
                <th scope="col">{t('what')}</th>
                <th scope="col">{t('points')}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((own) => (
                <tr key={own.seq}>
                  <td>{day(own.at)}</td>
                  <td>
                    {kind(own)} {own.order}
                  </td>
                  <td>{amounts(own.points)}</td>
                </tr>
              ))}
              {lines.length === 0 && (
                <tr>
                  <td colSpan={3}>{t('history.none')}</td>
                </tr>
              )}
            </tbody>
            <tfoot>
              {[...sums].map(([points, sum]) => (
                <tr key={points}>
                  <th scope="row" colSpan={2}>
                    {t('sum')}
                  </th>
                  <td>
                    {number(sum)} {points}
                  </td>
                </tr>
              ))}
            </tfoot>
          </table>
        </div>
      )}
    </>
  );
}
