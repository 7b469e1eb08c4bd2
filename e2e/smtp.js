// A mail server of the tests: takes letters over SMTP on loopback, keeps them, sends nothing on.
import { createServer } from 'node:net';

/** Quoted-printable and base64, as far as letters of ours use them. */
function read(raw) {
  const [head, ...rest] = raw.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  const encoding = /content-transfer-encoding:\s*(\S+)/i.exec(head)?.[1]?.toLowerCase();
  if (encoding === 'base64') return { head, text: Buffer.from(body, 'base64').toString('utf8') };
  if (encoding === 'quoted-printable') {
    const bytes = body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return { head, text: Buffer.from(bytes, 'latin1').toString('utf8') };
  }
  return { head, text: body };
}

/** Starts it; `letter(to)` waits for the next letter to an address. */
export async function startMail() {
  const letters = [];
  const waiting = [];
  const take = (letter) => {
    const at = waiting.findIndex(({ to }) => to === letter.to);
    if (at < 0) letters.push(letter);
    else waiting.splice(at, 1)[0].resolve(letter);
  };
  const server = createServer((socket) => {
    let kept = '';
    let inLetter = false;
    let to = '';
    socket.on('error', () => undefined);
    socket.write('220 mail of the tests\r\n');
    socket.on('data', (data) => {
      kept += data.toString('latin1');
      for (;;) {
        if (inLetter) {
          const end = kept.indexOf('\r\n.\r\n');
          if (end < 0) return;
          const raw = Buffer.from(kept.slice(0, end), 'latin1').toString('utf8').replace(/\r\n\.\./g, '\r\n.');
          kept = kept.slice(end + 5);
          inLetter = false;
          take({ to, ...read(raw) });
          socket.write('250 taken\r\n');
          continue;
        }
        const end = kept.indexOf('\r\n');
        if (end < 0) return;
        const line = kept.slice(0, end);
        kept = kept.slice(end + 2);
        const named = /^RCPT TO:<([^>]*)>/i.exec(line);
        if (named) to = named[1];
        if (/^DATA/i.test(line)) {
          inLetter = true;
          socket.write('354 go on\r\n');
        } else if (/^QUIT/i.test(line)) socket.end('221 good-bye\r\n');
        else socket.write('250 yes\r\n');
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const letter = (to) => {
    const at = letters.findIndex((own) => own.to === to);
    if (at >= 0) return Promise.resolve(letters.splice(at, 1)[0]);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no letter came to ${to}`)), 20_000);
      waiting.push({ to, resolve: (own) => (clearTimeout(late), resolve(own)) });
    });
  };
  return { url: `smtp://127.0.0.1:${server.address().port}`, letter, end: () => new Promise((resolve) => server.close(resolve)) };
}
