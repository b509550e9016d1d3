import { defineConfig } from "vitest/config";

/** `static` needs nothing but the tree, `unit` nothing but npm, `auditor` Ruby and its gems, `cluster` root and containerd. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "static", include: ["test/static/**/*.test.ts"] } },
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/static/**", "test/auditor/**", "test/cluster/**"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      { test: { name: "auditor", include: ["test/auditor/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 } },
      {
        test: {
          name: "cluster",
          include: ["test/cluster/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
