import './mantine.css';
import './look.css';
import { createTheme, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import i18n from 'i18next';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './api/asks';
import { SessionProvider } from './api/session';
import { App, openFirst } from './app';
import { startLanguage } from './words';

// Style tags are allowed only with the word that the server put into this page.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
// The library that keeps the page from scrolling behind a dialogue looks for it here.
Object.assign(window, { __webpack_nonce__: nonce });

const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 9, dark: 8 },
  defaultRadius: 'md',
  respectReducedMotion: true,
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SFMono-Regular", Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: '650' },
});

// What the API put into words is asked for again.
i18n.on('languageChanged', () => void queries.invalidateQueries());

// Who is slow to answer is waited for on the page, not before it.
const SOON_MS = 400;
const soon = new Promise((resolve) => window.setTimeout(resolve, SOON_MS));

void Promise.all([startLanguage(), Promise.race([openFirst(), soon])]).then(() => {
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
        <Notifications position="top-right" />
        <QueryClientProvider client={queries}>
          <SessionProvider>
            <App />
          </SessionProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
});
