/// <reference types="vitest/config" />
// One build for every face: the entry pages share hashed chunks and fonts under /assets, and each page loads only what
// it reaches. The output is laid out as the server serves it: console/, counter/, my/, outbox/ and the landing page.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const APPS = resolve(import.meta.dirname, "apps");
const OUTPUT = resolve(import.meta.dirname, "../src/enishi/web/static");

/** Where each entry page lives in the sources, and where the server looks for it. */
const PAGES: Record<string, string> = {
  "console/index.html": "console/index.html",
  "counter/index.html": "counter/index.html",
  "mypage/index.html": "my/index.html",
  "landing/index.html": "index.html",
  "landing/outbox.html": "outbox/index.html",
};

/** Public address of an entry page → its source, for the development server. */
const ROUTES: [RegExp, string][] = [
  [/^\/console(\/|$)/, "/console/index.html"],
  [/^\/counter(\/|$)/, "/counter/index.html"],
  [/^\/my(\/|$)/, "/mypage/index.html"],
  [/^\/outbox\/?$/, "/landing/outbox.html"],
  [/^\/$/, "/landing/index.html"],
];

function servedLayout(): Plugin {
  return {
    name: "enishi-served-layout",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) {
        const target = PAGES[output.fileName];
        if (target !== undefined) output.fileName = target;
      }
    },
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const [path = "/"] = (request.url ?? "/").split("?");
        const wantsPage = request.headers.accept?.includes("text/html") ?? false;
        const route = wantsPage ? ROUTES.find(([pattern]) => pattern.test(path)) : undefined;
        if (route !== undefined) request.url = route[1];
        next();
      });
    },
  };
}

export default defineConfig({
  root: APPS,
  base: "/",
  appType: "mpa",
  publicDir: resolve(import.meta.dirname, "public"),
  cacheDir: resolve(import.meta.dirname, "node_modules/.vite"),
  plugins: [react(), servedLayout()],
  build: {
    outDir: OUTPUT,
    emptyOutDir: true,
    // The content security policy allows no data: addresses for fonts and no inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 700,
    reportCompressedSize: false,
    rolldownOptions: {
      input: Object.keys(PAGES)
        .map((page) => resolve(APPS, page))
        .filter((page) => existsSync(page)),
    },
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    strictPort: true,
    proxy: { "^/(api|v1)/": process.env["ENISHI_DEV_API"] ?? "http://127.0.0.1:8790" },
  },
  test: { root: import.meta.dirname, include: ["{apps,packages}/*/src/**/*.test.{ts,tsx}"], environment: "node" },
});
