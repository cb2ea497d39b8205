import "@enishi/ui/tokens.css";
import "@enishi/ui/base.css";
import "./page.css";
import { speak } from "@enishi/api/client.ts";
import { mypageEn } from "@enishi/i18n/mypage.en.ts";
import { mypageJa } from "@enishi/i18n/mypage.ja.ts";
import { currentLocale, startTexts } from "@enishi/i18n/start.ts";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { createClient } from "./queries.ts";

startTexts("mypage", mypageJa, mypageEn);
speak(currentLocale);

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root to draw into");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={createClient()}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
