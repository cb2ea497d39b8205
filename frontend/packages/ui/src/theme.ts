// Mantine's theme, made of the design tokens. Only the console imports this module: it pulls in Mantine.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const indigo: MantineColorsTuple = [
  "#eef3f9",
  "#dce6f1",
  "#bccfe3",
  "#8fadce",
  "#5f88b4",
  "#3f6b9c",
  "#2a5485",
  "#1b4170",
  "#15335a",
  "#0f2543",
];

export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: 7,
  colors: { indigo },
  white: "#ffffff",
  black: "#1e1f22",
  fontFamily: "var(--enishi-font)",
  fontFamilyMonospace: "var(--enishi-font-mono)",
  fontSizes: {
    xs: "var(--enishi-text-xs)",
    sm: "var(--enishi-text-sm)",
    md: "var(--enishi-text-md)",
    lg: "var(--enishi-text-lg)",
    xl: "var(--enishi-text-xl)",
  },
  lineHeights: { xs: "1.5", sm: "1.5", md: "1.55", lg: "1.55", xl: "1.4" },
  spacing: {
    xs: "var(--enishi-space-2)",
    sm: "var(--enishi-space-3)",
    md: "var(--enishi-space-4)",
    lg: "var(--enishi-space-6)",
    xl: "var(--enishi-space-8)",
  },
  defaultRadius: "md",
  radius: {
    xs: "2px",
    sm: "var(--enishi-radius-sm)",
    md: "var(--enishi-radius-md)",
    lg: "var(--enishi-radius-lg)",
    xl: "var(--enishi-radius-xl)",
  },
  shadows: {
    xs: "var(--enishi-shadow-1)",
    sm: "var(--enishi-shadow-1)",
    md: "var(--enishi-shadow-2)",
    lg: "var(--enishi-shadow-3)",
    xl: "var(--enishi-shadow-3)",
  },
  headings: { fontFamily: "var(--enishi-font)", fontWeight: "600" },
  cursorType: "pointer",
  respectReducedMotion: true,
});

/** Points Mantine's own semantic variables at the tokens, so that its parts and ours agree. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-text": "var(--enishi-ink)",
    "--mantine-color-dimmed": "var(--enishi-ink-secondary)",
    "--mantine-color-placeholder": "var(--enishi-ink-tertiary)",
    "--mantine-color-body": "var(--enishi-surface)",
    "--mantine-color-default-border": "var(--enishi-line)",
    "--mantine-color-default-hover": "var(--enishi-hover)",
    "--mantine-color-error": "var(--enishi-danger)",
  },
  dark: {},
});
