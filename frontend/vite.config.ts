import { defineConfig } from "vite";

// The page is packed in the Python package, which serves it under a strict policy: no
// inline script, nothing from elsewhere.
export default defineConfig({
  base: "/",
  build: {
    outDir: "../src/linewatch/web/static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2500,
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { proxy: { "/api": "http://127.0.0.1:8080", "/ws": { target: "ws://127.0.0.1:8080", ws: true } } },
});
