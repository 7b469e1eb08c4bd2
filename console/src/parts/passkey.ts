// Passkeys, as browsers make and show them: bytes go to the server and come from it in base 64 for addresses.
import { api, data } from '../api/client';

/** Whether this browser knows passkeys, and this page may use them: they need a name, and TLS or this machine. */
export const hasPasskeys = () => typeof window.PublicKeyCredential === 'function' && window.isSecureContext;

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer: ArrayBuffer | null): string {
  const plain = Array.from(new Uint8Array(buffer ?? new ArrayBuffer(0)), (byte) => String.fromCharCode(byte)).join('');
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Nobody showed a passkey: they broke off, or have none here. */
export class NoPasskey extends Error {}

async function asked<T>(ask: Promise<Credential | null>): Promise<T> {
  try {
    const found = await ask;
    if (found) return found as T;
  } catch {
    // The browser tells pages nothing of why, so that they learn nothing of who is there.
  }
  throw new NoPasskey();
}

/** Makes a passkey of this name for whoever is signed in, or about to be. */
export async function makePasskey(name: string) {
  const ask = await data(api.POST('/v1/oneself/passkeys/challenge'));
  const made = await asked<PublicKeyCredential>(
    navigator.credentials.create({
      publicKey: {
        challenge: bytes(ask.challenge),
        rp: { id: ask.party, name: 'Regulars' },
        user: { id: bytes(ask.user), name: ask.email, displayName: ask.name },
        pubKeyCredParams: ask.algorithms.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        excludeCredentials: ask.known.map((id) => ({ type: 'public-key', id: bytes(id) })),
        attestation: 'none',
      },
    }),
  );
  const response = made.response as AuthenticatorAttestationResponse;
  const body = { name, client_data: text(response.clientDataJSON), attestation: text(response.attestationObject) };
  return data(api.POST('/v1/oneself/passkeys', { body }));
}

/** Shows a passkey: the session that it opens. */
export async function showPasskey() {
  const ask = await data(api.POST('/v1/sessions/passkey/challenge'));
  const shown = await asked<PublicKeyCredential>(
    navigator.credentials.get({ publicKey: { challenge: bytes(ask.challenge), rpId: ask.party, userVerification: 'required' } }),
  );
  const response = shown.response as AuthenticatorAssertionResponse;
  const body = {
    credential: text(shown.rawId),
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
    user: text(response.userHandle),
  };
  return data(api.POST('/v1/sessions/passkey', { body }));
}
