// <regulars-widget server="https://loyal.example" token="wid_…">: what a shop's page shows to a member
// who is signed in there. It lives in a shadow tree of its own, whose styles nobody reaches, and makes
// no style tag, so that a page with a strict policy may show it.
import type { components } from '../../clients/typescript/src/schema';

type Shown = components['schemas']['WidgetOut'];

const WORDS: Record<string, Record<string, string>> = import.meta.glob<Record<string, string>>('./words/widget/*.json', {
  eager: true,
  import: 'default',
}) as never;

const languages = Object.fromEntries(Object.entries(WORDS).map(([path, words]) => [path.replace(/^.*\/|\.json$/g, ''), words]));

const LOOK = `
:host{--accent:var(--light)}
section{all:initial;display:block;font:16px/1.45 system-ui,sans-serif;border:1px solid;border-radius:12px;padding:16px;max-inline-size:22rem;box-sizing:border-box}
h2{font-size:18px;margin:0 0 8px}p{margin:4px 0}strong{font-size:28px}ul{margin:4px 0;padding-inline-start:20px}
progress{inline-size:100%;accent-color:var(--accent)}
a.button{display:inline-block;background:var(--accent);padding:8px 14px;border-radius:8px;text-decoration:none;font-weight:600;margin-block-start:8px}
a.button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
@media(prefers-color-scheme:dark){:host{--accent:var(--dark)}section{background:#161616;color:#f5f5f4;border-color:#44403c}.quiet{color:#b5b0ab}a.button{color:#161616}}
@media not all and (prefers-color-scheme:dark){section{background:#fff;color:#1c1917;border-color:#d6d3d1}.quiet{color:#57534e}a.button{color:#fff}}`;

const own = document.currentScript as HTMLScriptElement | null;
const home = own?.src ? new URL(own.src).origin : location.origin;

class Widget extends HTMLElement {
  static observedAttributes = ['token', 'lang'];
  private readonly root = this.attachShadow({ mode: 'closed' });
  private asked = 0;

  connectedCallback() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(LOOK);
    this.root.adoptedStyleSheets = [sheet];
    // Stronger than anything that a page says of all elements.
    const held = { all: 'initial', display: 'block', 'color-scheme': 'light dark' };
    Object.entries(held).forEach(([name, value]) => this.style.setProperty(name, value, 'important'));
    void this.show();
  }

  attributeChangedCallback() {
    if (this.isConnected) void this.show();
  }

  /** The words of the page's language, else of the browser's. */
  private get words(): [string, Record<string, string>] {
    const asked = [this.lang || document.documentElement.lang, ...navigator.languages].filter(Boolean);
    for (const tag of asked) {
      const locale = new Intl.Locale(tag).maximize();
      const found = [tag, `${locale.language}-${locale.script}`, locale.language].find((own) => own in languages);
      if (found) return [found, languages[found] ?? {}];
    }
    return ['en', languages.en ?? {}];
  }

  private async show() {
    const turn = ++this.asked;
    const [tag, words] = this.words;
    const t = (key: string, values: Record<string, string> = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
    const token = this.getAttribute('token');
    const server = this.getAttribute('server') ?? home;
    const box = make('section');
    box.lang = tag;
    box.setAttribute('aria-label', t('label'));
    if (!token) return this.root.replaceChildren();
    let shown: Shown;
    try {
      // Plain text, so that the browser asks nothing beforehand; and no cookies.
      const answer = await fetch(`${server}/v1/widget`, { method: 'POST', body: token, headers: { 'Content-Type': 'text/plain', 'Accept-Language': tag }, credentials: 'omit' });
      if (!answer.ok) throw new Error(String(answer.status));
      shown = (await answer.json()) as Shown;
    } catch (error) {
      // The page may ask its own server for another token, and set it.
      this.dispatchEvent(new CustomEvent('regulars-token', { bubbles: true, detail: String(error) }));
      box.append(make('p', t('unavailable'), 'quiet'));
      if (turn === this.asked) this.root.replaceChildren(box);
      return;
    }
    if (turn !== this.asked) return;
    const number = (value: string | number) => new Intl.NumberFormat(tag).format(Number(value));
    const name = (id: string) => id.replace(/[-_]/g, ' ');
    this.style.setProperty('--light', shown.colour);
    this.style.setProperty('--dark', shown.colour_dark);
    box.append(make('h2', shown.title));
    for (const points of shown.balance.points) {
      const line = make('p');
      line.append(make('strong', number(points.available)), ` ${name(points.points)}`);
      box.append(line);
    }
    const tier = shown.balance.tier;
    if (tier) {
      const title = (id: string) => shown.tiers.find((own) => own.id === id)?.title ?? name(id);
      box.append(make('p', t('tier', { tier: title(tier.tier) })));
      const figure = tier.next?.way.figures?.[0];
      if (tier.next && figure) {
        const label = make('p', t('next', { tier: title(tier.next.tier), missing: number(figure.missing), metric: name(figure.metric) }), 'quiet');
        const bar = make('progress') as HTMLProgressElement;
        bar.max = Number(figure.needed) || 1;
        bar.value = Math.min(Number(figure.counted), bar.max);
        bar.setAttribute('aria-label', label.textContent ?? '');
        box.append(label, bar);
      }
    }
    const near = shown.rewards.filter((own) => own.within_reach);
    if (near.length > 0) {
      const list = make('ul');
      near.slice(0, 5).forEach((own) => list.append(make('li', own.title)));
      box.append(make('p', t('reach')), list);
    }
    if (shown.survey) {
      const { path, language, title } = shown.survey;
      const asked = make('a', title[tag] ?? title[language] ?? '') as HTMLAnchorElement;
      asked.href = `${server}${path}`;
      const line = make('p');
      line.append(asked);
      box.append(line);
    }
    const link = make('a', t('open'), 'button') as HTMLAnchorElement;
    link.href = `${server}/portal/${encodeURIComponent(shown.shop)}/`;
    box.append(link);
    this.root.replaceChildren(box);
  }
}

function make(tag: string, text = '', look = ''): HTMLElement {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (look) made.className = look;
  return made;
}

if (!customElements.get('regulars-widget')) customElements.define('regulars-widget', Widget);
