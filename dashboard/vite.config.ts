import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  // Assets are named relative to the page, which a server of another program may have below a path of its own.
  base: "./",
  plugins: [react()],
  build: { outDir: "../dist/dashboard", emptyOutDir: true },
});
