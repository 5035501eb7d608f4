import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = process.env["DATAFYME_API"] ?? "http://127.0.0.1:7878";

export default defineConfig({
  plugins: [react()],
  server: { proxy: { "/api": { target: api, changeOrigin: true } } },
  preview: { proxy: { "/api": { target: api, changeOrigin: true } } },
  build: {
    target: "es2022",
    // Who wrote what is bundled, and under which terms: it travels with it.
    license: { fileName: "licenses.md" },
    assetsInlineLimit: 0,
    // ECharts is a chunk of its own, fetched with the first chart.
    chunkSizeWarningLimit: 700,
  },
  test: {
    environment: "node",
    // For the files that ask for a page: `// @vitest-environment happy-dom`.
    environmentOptions: { happyDOM: { url: "http://datafyme.test/" } },
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    testTimeout: 20_000,
  },
});
