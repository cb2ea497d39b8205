// The base comes first: it declares the order of the style layers.
import "@enishi/ui/base.css";
import "@mantine/core/styles.layer.css";
import "@mantine/spotlight/styles.layer.css";
import "mantine-datatable/styles.layer.css";
import "@enishi/ui/tokens.css";
import "@enishi/ui/font.css";
import "./shell/console.css";

import { consoleEn } from "@enishi/i18n/console.en.ts";
import { consoleJa } from "@enishi/i18n/console.ja.ts";
import { startTexts } from "@enishi/i18n/start.ts";
import { cssVariables, theme } from "@enishi/ui/theme.ts";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queryClient } from "./shell/client.ts";
import { router } from "./shell/router.tsx";

startTexts("console", consoleJa, consoleEn);

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root element");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} forceColorScheme="light">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
