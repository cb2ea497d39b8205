import "@enishi/ui/base.css";
import "@enishi/ui/tokens.css";
import "@enishi/ui/font.css";

import { counterEn } from "@enishi/i18n/counter.en.ts";
import { counterJa } from "@enishi/i18n/counter.ja.ts";
import { startTexts } from "@enishi/i18n/start.ts";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Counter } from "./shell/counter.tsx";

startTexts("counter", counterJa, counterEn);

// Retries are left to the person at the till and to the connection watch: waiting in silence helps nobody there.
const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: false, staleTime: 10_000, gcTime: 60_000, networkMode: "always" } },
});

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root element");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Counter />
    </QueryClientProvider>
  </StrictMode>,
);
