import { defineConfig } from 'vite';

// The built files go where the server's build looks for them. While working on the pages, `npm run dev`
// serves them and passes what is asked of the API on to a server that runs already.
export default defineConfig({
  base: '/portal/',
  build: {
    outDir: '../crates/server/portal',
    emptyOutDir: false,
    manifest: true,
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/v1': { target: 'http://127.0.0.1:8080', changeOrigin: false } },
  },
});
