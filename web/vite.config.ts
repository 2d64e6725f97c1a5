/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin, type ProxyOptions } from "vite";

/** Where `npm run dev` finds the API. */
const API = process.env.STUDIO_URL ?? "http://127.0.0.1:8080";

/** The API sees its own origin: it refuses writes and WebSockets of other pages. */
const toTheApi: ProxyOptions = {
  target: API,
  ws: true,
  changeOrigin: true,
  configure(proxy) {
    proxy.on("proxyReq", (request) => request.getHeader("origin") && request.setHeader("origin", API));
    proxy.on("proxyReqWs", (request) => request.setHeader("origin", API));
  },
};

/** Beside every text file of the build its .br and .gz, so that the server compresses nothing. */
function precompressed(): Plugin {
  return {
    name: "precompressed",
    apply: "build",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (!/\.(js|css|svg|json)$/.test(file.fileName)) continue;
        const bytes = Buffer.from(file.type === "chunk" ? file.code : file.source);
        if (bytes.length < 1024) continue;
        const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
        this.emitFile({ type: "asset", fileName: `${file.fileName}.br`, source: brotli });
        this.emitFile({
          type: "asset",
          fileName: `${file.fileName}.gz`,
          source: gzipSync(bytes, { level: 9 }),
        });
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), tailwindcss(), precompressed()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2023",
    manifest: true,
    // A data: URL would be one more thing for the page's policy to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(["/api", "/ws", "/schema", "/problems"].map((path) => [path, toTheApi])),
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
