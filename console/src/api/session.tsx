// Who is signed in. Asked for once when the page opens; afterwards the session's end is noticed by the
// first answer that says so.
import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import { api, data, Failed, onSignedOut, type Scope, type Session, setCsrf, type Step } from './client';
import { showPasskey } from '../parts/passkey';
import { remembered } from '../pages/till/queue';

type Known = {
  session: Session | null;
  waiting: boolean;
  error: Error | null;
  signIn: (shown: string) => Promise<void>;
  /** Signs in; a step where the password alone is not enough. */
  signInPerson: (email: string, password: string) => Promise<Step | null>;
  takeUp: (invitation: string, password: string) => Promise<Step | null>;
  /** Shows a code in a step. */
  showCode: (code: string) => Promise<void>;
  /** Signs in by a passkey. */
  signInByPasskey: () => Promise<void>;
  /** Asks who is in, once a step has come to its end. */
  comeIn: () => Promise<void>;
  signOut: () => Promise<void>;
  may: (scope: Scope) => boolean;
  /** Goes into the sandbox, or back to what is live: all that is shown is asked for again. */
  go: (workspace: 'sandbox' | 'live') => Promise<void>;
};

const Context = createContext<Known | null>(null);
const KEY = ['session'];

async function current(): Promise<Session | null> {
  try {
    const session = await data(api.GET('/v1/sessions/current'));
    setCsrf(session.csrf_token);
    return session;
  } catch (error) {
    if (error instanceof Failed && error.status === 401) return null;
    // A till opens without the server too; what it knows of the session is no secret.
    if (error instanceof Failed && error.status === 0 && window.location.pathname.startsWith('/console/till')) {
      const last = await remembered().catch(() => undefined);
      if (last) return last.session;
    }
    // The sandbox is gone in which this browser was: what is live is still there.
    if (error instanceof Failed && error.status === 404) {
      await data(api.POST('/v1/sandbox/leave'));
      const session = await data(api.GET('/v1/sessions/current'));
      setCsrf(session.csrf_token);
      return session;
    }
    throw error;
  }
}

const asked = queryOptions({ queryKey: KEY, queryFn: current, staleTime: Infinity, retry: false, networkMode: 'always' });

/** Asks before anything is shown, so that the first thing shown is what there is, not that one waits for it. */
export const askForSession = (queries: QueryClient) => queries.fetchQuery(asked).catch(() => null);

export const allows = (session: Session, scope: Scope) => session.scopes.includes(scope) || session.scopes.includes('admin');

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { data: session, isPending, error } = useQuery(asked);
  useEffect(() => onSignedOut(() => queries.setQueryData(KEY, null)), [queries]);
  const known = useMemo<Known>(() => {
    // Nothing that one operator saw is left for the next.
    const forgetOthers = () => queries.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
    const opened = (made: Session) => {
      setCsrf(made.csrf_token);
      forgetOthers();
      queries.setQueryData(KEY, made);
    };
    const entered = (made: Session | Step): Step | null => {
      if ('step' in made) {
        setCsrf(made.csrf_token);
        return made;
      }
      opened(made);
      return null;
    };
    return {
      session: session ?? null,
      waiting: isPending,
      error,
      signIn: async (shown) => {
        const headers = { Authorization: `Bearer ${shown.trim()}` };
        opened(await data(api.POST('/v1/sessions', { headers })));
      },
      signInPerson: async (email, password) => entered(await data(api.POST('/v1/sessions/person', { body: { email, password } }))),
      takeUp: async (invitation, password) => entered(await data(api.POST('/v1/sessions/invitation', { body: { invitation, password } }))),
      showCode: async (code) => opened(await data(api.POST('/v1/sessions/second-factor', { body: { code } }))),
      signInByPasskey: async () => opened(await showPasskey()),
      comeIn: async () => {
        forgetOthers();
        await queries.invalidateQueries({ queryKey: KEY });
      },
      signOut: async () => {
        await data(api.DELETE('/v1/sessions/current'));
        setCsrf('');
        forgetOthers();
        queries.setQueryData(KEY, null);
      },
      go: async (workspace) => {
        await data(workspace === 'sandbox' ? api.POST('/v1/sandbox/enter') : api.POST('/v1/sandbox/leave'));
        forgetOthers();
        await queries.invalidateQueries({ queryKey: KEY });
      },
      may: (scope) => !!session && allows(session, scope),
    };
  }, [session, isPending, error, queries]);
  return <Context.Provider value={known}>{children}</Context.Provider>;
}

export function useSession(): Known {
  const known = useContext(Context);
  if (!known) throw new Error('useSession is used outside of SessionProvider');
  return known;
}
