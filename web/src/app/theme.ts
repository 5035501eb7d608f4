import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const sea: MantineColorsTuple = [
  "#e9f7f7",
  "#d3ecec",
  "#a6d9da",
  "#75c5c7",
  "#4fb3b7",
  "#37a5aa",
  "#1f8b92",
  "#0b6b75",
  "#08565f",
  "#043f47",
];

/** Graphite with a trace of blue, so that surfaces stay calm beside coloured charts. */
const dark: MantineColorsTuple = [
  "#d9dde3",
  "#b3bac4",
  "#8b94a1",
  "#646d7a",
  "#3a414c",
  "#2b313a",
  "#20252c",
  "#171b21",
  "#12151a",
  "#0c0e12",
];

const FONT =
  'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif';
const MONOSPACE = 'ui-monospace, SFMono-Regular, "Cascadia Code", Menlo, Consolas, "Liberation Mono", monospace';

export const theme = createTheme({
  primaryColor: "sea",
  primaryShade: { light: 7, dark: 5 },
  autoContrast: true,
  colors: { sea, dark },
  fontFamily: FONT,
  fontFamilyMonospace: MONOSPACE,
  headings: { fontFamily: FONT, fontWeight: "650" },
  defaultRadius: "md",
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Modal: { defaultProps: { centered: true, radius: "lg", overlayProps: { backgroundOpacity: 0.45, blur: 2 } }, styles: { title: { fontSize: "1.1rem", fontWeight: 650 } } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true, events: { hover: true, focus: true, touch: false } } },
    Menu: { defaultProps: { shadow: "md", position: "bottom-end" } },
    Button: { styles: { label: { fontWeight: 550 } } },
    Badge: { styles: { label: { textTransform: "none" } } },
  },
});

/** Backgrounds and texts of the quiet variants (badges, notices, second buttons), calmer than Mantine's own. */
function quiet(shades: Record<string, [background: string, text: string]>): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [colour, [background, text]] of Object.entries(shades)) {
    variables[`--mantine-color-${colour}-light`] = background;
    variables[`--mantine-color-${colour}-light-hover`] = `color-mix(in srgb, ${background}, ${text} 10%)`;
    variables[`--mantine-color-${colour}-light-color`] = text;
  }
  return variables;
}

/** Our own tokens, beside Mantine's: every stylesheet reads these, none names a colour. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-dimmed": "#5c6470",
    "--mantine-color-error": "#b42323",
    "--app-canvas": "#f6f7f8",
    "--app-surface": "#ffffff",
    "--app-sunken": "#f3f5f6",
    "--app-border": "#e2e5e9",
    "--app-hover": "#eceff1",
    "--app-active": "#dfeeee",
    "--app-accent": "#0b6b75",
    "--app-question": "#e3f0f0",
    "--app-good": "#1d7a46",
    "--app-warn": "#9a5b00",
    "--app-bad": "#b42323",
    "--app-warn-surface": "#fdf5e6",
    "--app-bad-surface": "#fdf0ef",
    ...quiet({
      sea: ["#e3f0f0", "#08565f"],
      teal: ["#e2f4ea", "#1d6b40"],
      red: ["#fdf0ef", "#b42323"],
      blue: ["#e8f0fb", "#1b559c"],
      gray: ["#eceff1", "#4a5361"],
    }),
    "--sql-keyword": "#0b6b75",
    "--sql-function": "#6b3fa0",
    "--sql-string": "#9a4a12",
    "--sql-number": "#1b5fae",
    "--sql-comment": "#6b7280",
  },
  dark: {
    "--mantine-color-body": "#171b21",
    "--mantine-color-dimmed": "#98a1ae",
    "--mantine-color-error": "#f08a85",
    "--app-canvas": "#12151a",
    "--app-surface": "#1a1e25",
    "--app-sunken": "#14181d",
    "--app-border": "#2b313a",
    "--app-hover": "#232931",
    "--app-active": "#1c3437",
    "--app-accent": "#4fb3b7",
    "--app-question": "#1c3134",
    "--app-good": "#5cc58d",
    "--app-warn": "#e6ac4b",
    "--app-bad": "#f08a85",
    "--app-warn-surface": "#2b2416",
    "--app-bad-surface": "#2f1e1e",
    ...quiet({
      sea: ["#1c3437", "#8fd6d8"],
      teal: ["#173226", "#7ed3a6"],
      red: ["#2f1e1e", "#f5a5a1"],
      blue: ["#1a2a40", "#9cc3f5"],
      gray: ["#262c35", "#b3bac4"],
    }),
    "--sql-keyword": "#5cc5c9",
    "--sql-function": "#c3a2f2",
    "--sql-string": "#e9ae7f",
    "--sql-number": "#86b6f2",
    "--sql-comment": "#8b94a1",
  },
});
