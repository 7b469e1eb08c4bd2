import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The built files go where the server's build looks for them. While working on the console, `npm run
// dev` serves it and passes what is asked of the API on to a server that runs already.
export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    outDir: '../crates/server/console',
    emptyOutDir: false,
    manifest: true,
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    // Few files: what is loaded first is one, and what pages share is another. Each file more that a page
    // waits for costs more than the bytes of it that the page does not use.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'first', tags: ['$initial'], priority: 2 },
            { name: 'shared', test: /node_modules.(@mantine|@tanstack|@floating-ui)|src.(parts|api)/, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/v1': { target: 'http://127.0.0.1:8080', changeOrigin: false } },
  },
});
