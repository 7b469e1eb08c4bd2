import { defineConfig } from 'vite';

// The widget: one classic script that a shop's page loads from the server.
export default defineConfig({
  base: '/portal/',
  publicDir: false,
  build: {
    outDir: '../crates/server/portal',
    emptyOutDir: false,
    sourcemap: false,
    lib: { entry: 'src/widget.ts', formats: ['iife'], name: 'RegularsWidget', fileName: () => 'widget.js' },
  },
});
