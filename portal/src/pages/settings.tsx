// What a member says of themselves, what they allow, their data, and the way out.
import { useState } from 'preact/hooks';
import { ask } from '../api';
import type { Given } from '../app';
import { Act, Field, Section, name, save } from '../parts';
import { day, has, t } from '../words';

export function Settings({ portal, me, again, gone }: Given) {
  const fields = ['name', ...portal.profile.filter((own) => own !== 'name')];
  const text = (field: string) => {
    const own = me.member.attributes[field];
    return own === undefined || own === null ? '' : String(own);
  };
  const [values, setValues] = useState<Record<string, string>>(Object.fromEntries(fields.map((own) => [own, text(own)])));
  const [said, setSaid] = useState('');
  const keep = async () => {
    const changed = fields.filter((own) => values[own] !== text(own));
    await ask('PATCH', '/v1/me/profile', { attributes: Object.fromEntries(changed.map((own) => [own, values[own]?.trim() || null])) });
    await again();
    setSaid(t('saved'));
  };
  const consent = async (purpose: string, given: boolean) => {
    await ask('PUT', `/v1/me/consents/${encodeURIComponent(purpose)}`, { given });
    await again();
  };
  const data = async () => {
    const all = await ask<unknown>('GET', '/v1/me/export');
    save(new Blob([JSON.stringify(all, null, 2)], { type: 'application/json' }), `${portal.shop}-my-data.json`);
  };
  const out = async () => {
    await ask('DELETE', '/v1/me/session');
    gone();
  };
  const leave = async () => {
    await ask('DELETE', '/v1/me');
    localStorage.removeItem('claims');
    gone();
    location.hash = '#/';
  };
  const email = me.member.identities.find((own) => own.kind === 'email')?.value;
  return (
    <>
      <h1>{t('nav.me')}</h1>
      <Section title={t('profile')} lead={email}>
        {fields.map((own) => (
          <Field
            key={own}
            label={has(`field.${own}`) ? t(`field.${own}`) : name(own)}
            hint={(me.balance.profile_left ?? []).includes(own) ? t('profile.left') : undefined}
            value={values[own]}
            maxLength={200}
            onInput={(event: InputEvent) => setValues({ ...values, [own]: (event.target as HTMLInputElement).value })}
          />
        ))}
        <Act act={keep}>{t('save')}</Act>
        <p role="status">{said}</p>
      </Section>
      {portal.consents.length > 0 && (
        <Section title={t('consents')} lead={t('consents.lead')}>
          <ul class="list">
            {portal.consents.map((own) => {
              const given = (me.balance.consents ?? []).find((it) => it.purpose === own);
              return (
                <li key={own}>
                  <h3>{name(own)}</h3>
                  <p class="quiet">{given?.to_confirm ? t('consent.to_confirm') : given?.given ? t('consent.since', { at: day(given.since) }) : t('consent.not')}</p>
                  <Act kind={given?.given ? 'plain' : ''} act={() => consent(own, !given?.given)}>
                    {t(given?.given ? 'consent.withdraw' : 'consent.give', { purpose: name(own) })}
                  </Act>
                </li>
              );
            })}
          </ul>
        </Section>
      )}
      {me.terms.length > 0 && (
        <Section title={t('terms')}>
          <ul>
            {me.terms.map((own) => (
              <li key={own.version}>{t('terms.accepted', { version: own.version, at: day(own.accepted_at) })}</li>
            ))}
          </ul>
        </Section>
      )}
      <Section title={t('data')}>
        <div class="row">
          <Act kind="plain" act={data}>
            {t('data.export')}
          </Act>
          <Act kind="plain" act={out}>
            {t('sign-out')}
          </Act>
          <Act kind="danger" act={leave} confirm={t('leave.ask')}>
            {t('leave')}
          </Act>
        </div>
      </Section>
    </>
  );
}
