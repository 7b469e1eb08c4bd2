// Which page is shown: behind the hash sign, so that one file is all that a phone keeps.
import { useEffect, useState } from 'preact/hooks';
import { type Me, type Portal, Problem, type Session, ask, cache, hold, kept, shop } from './api';
import { Waits, useAsked } from './parts';
import { LANGUAGES, inItself, language, speak, t } from './words';
import { Home } from './pages/home';
import { Rewards, Voucher } from './pages/rewards';
import { History, Statement } from './pages/history';
import { Friends, Play } from './pages/play';
import { Explained, Help } from './pages/help';
import { Card } from './pages/card';
import { Cases } from './pages/cases';
import { Inbox } from './pages/inbox';
import { Missing } from './pages/missing';
import { Settings } from './pages/settings';
import { Surveys } from './pages/surveys';
import { SignIn, Terms } from './pages/sign-in';


/** What pages are given. */
export interface Given {
  portal: Portal;
  me: Me;
  /** Reads the member's own anew. */
  again: () => Promise<void>;
  /** Nobody is signed in any more. */
  gone: () => void;
}

const path = () => location.hash.replace(/^#\/?/, '').split('?')[0] ?? '';

function usePath() {
  const [now, setNow] = useState(path());
  useEffect(() => {
    const moved = () => {
      setNow(path());
      scrollTo(0, 0);
      document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
    };
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return now;
}

function dress(portal: Portal) {
  const style = document.documentElement.style;
  style.setProperty('--accent-light', portal.colour);
  style.setProperty('--accent-dark', portal.colour_dark);
  document.title = portal.title;
}

const LINKS = [
  ['', 'home'],
  ['rewards', 'rewards'],
  ['history', 'history'],
  ['play', 'play'],
  ['help', 'help'],
  ['me', 'me'],
] as const;

export function App() {
  const at = usePath();
  const [, turn] = useState(0);
  const portal = useAsked(async () => {
    const own = await ask<Portal>('GET', `/v1/portal/${encodeURIComponent(shop)}`);
    dress(own);
    return own;
  }, []);
  const [session, setSession] = useState<Session | null>();
  const [fault, setFault] = useState('');
  const [me, setMe] = useState<Me>();

  const gone = () => {
    hold(undefined);
    setSession(null);
    setMe(undefined);
    if ('caches' in window) void caches.delete(cache);
  };
  const see = async (own: Session) => {
    hold(own);
    setSession(own);
    if (!own.terms_due) setMe(await ask<Me>('GET', '/v1/me'));
  };
  const again = async () => {
    try {
      setMe(await ask<Me>('GET', '/v1/me'));
    } catch (error) {
      if (error instanceof Problem && error.code === 'unauthorized') gone();
      else throw error;
    }
  };
  const begin = async () => {
    setFault('');
    try {
      const own = await ask<Session>('GET', '/v1/me/session');
      // A session of another shop on this server is none here.
      if (own.shop === shop) await see(own);
      else setSession(null);
    } catch (error) {
      if (error instanceof Problem && error.code === 'unauthorized') gone();
      else setFault(error instanceof Problem && error.code === 'offline' ? t('wrong.offline') : String((error as Error).message));
    }
  };
  useEffect(() => {
    void begin();
  }, []);

  if (!portal.answer) {
    return (
      <main tabIndex={-1}>
        <h1>{shop || 'Regulars'}</h1>
        <Waits fault={portal.fault} again={portal.again} />
      </main>
    );
  }
  const own = portal.answer;
  const page = () => {
    if (at === 'program') return <Explained portal={own} />;
    if (session === undefined) return <Waits fault={fault} again={begin} />;
    if (session === null) return <SignIn portal={own} signed={see} />;
    if (session.terms_due) return <Terms portal={own} accepted={() => see({ ...session, terms_due: undefined })} gone={gone} />;
    if (!me) return <Waits fault={fault} again={again} />;
    const given: Given = { portal: own, me, again, gone };
    const [first, second] = at.split('/');
    switch (first) {
      case 'card':
        return <Card {...given} />;
      case 'rewards':
        return <Rewards {...given} />;
      case 'code':
        return <Voucher {...given} id={decodeURIComponent(second ?? '')} />;
      case 'inbox':
        return <Inbox {...given} />;
      case 'history':
        return <History {...given} />;
      case 'statement':
        return <Statement {...given} />;
      case 'friends':
        return <Friends {...given} />;
      case 'play':
        return <Play {...given} />;
      case 'help':
        return <Help {...given} />;
      case 'surveys':
        return <Surveys {...given} />;
      case 'cases':
        return <Cases {...given} />;
      case 'missing':
        return <Missing {...given} />;
      case 'me':
        return <Settings {...given} />;
      default:
        return <Home {...given} />;
    }
  };
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.querySelector<HTMLElement>('main')?.focus())}>
        {t('skip')}
      </a>
      <header>
        <a href="#/" class="brand">
          {own.logo ? <img src={own.logo} alt="" /> : null}
          <span>{own.title}</span>
        </a>
        <label class="language">
          <span class="hidden">{t('language')}</span>
          <select
            value={language}
            onChange={(event) => {
              const tag = event.currentTarget.value;
              localStorage.setItem('language', tag);
              void speak(tag).then(() => {
                turn((n) => n + 1);
                // What the server put into words comes again, in this language.
                if (me) void again().catch(() => undefined);
              });
            }}
          >
            {LANGUAGES.map((tag) => (
              <option key={tag} value={tag} lang={tag}>
                {inItself(tag)}
              </option>
            ))}
          </select>
        </label>
      </header>
      {me && (
        <nav aria-label={t('pages')}>
          {LINKS.map(([to, key]) => (
            <a key={to} href={`#/${to}`} aria-current={at.split('/')[0] === to ? 'page' : undefined}>
              {t(`nav.${key}`)}
            </a>
          ))}
        </nav>
      )}
      <main id="main" tabIndex={-1}>
        {me && kept && (
          <p class="note" role="status">
            {t('kept', { at: new Date(me.balance.as_of).toLocaleString(language) })}
          </p>
        )}
        {page()}
      </main>
      <footer>
        <a href="#/program">{t('nav.program')}</a>
        {own.terms && (/^https:/.test(own.terms.text) ? <a href={own.terms.text}>{t('terms')}</a> : null)}
        {own.contact && <a href={own.contact.includes('@') && !own.contact.startsWith('https:') ? `mailto:${own.contact}` : own.contact}>{t('contact')}</a>}
      </footer>
    </>
  );
}
