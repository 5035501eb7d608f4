/** Colours of a chart, of the page's scheme. */
export interface ChartColours {
  palette: readonly string[];
  text: string;
  dimmed: string;
  line: string;
  surface: string;
}

/** Hues that stay apart for the colour-blind (after Okabe and Ito) in the first eight, the brand's first. */
export const LIGHT: ChartColours = {
  palette: ["#0b7a85", "#e08a1e", "#3f6fd1", "#c2497c", "#5a9a3c", "#8a63c9", "#b0742d", "#5f6b7a", "#2aa1c0", "#d9604c", "#7d8b1f", "#a0529e"],
  text: "#1f2933",
  dimmed: "#5c6470",
  line: "#e2e5e9",
  surface: "#ffffff",
};

export const DARK: ChartColours = {
  palette: ["#4fb9bf", "#f0a94e", "#7fa6f2", "#e684ad", "#8fca72", "#b799ee", "#d5a264", "#a3adba", "#6fcbe6", "#f29283", "#c3cf6a", "#d59ad3"],
  text: "#d9dde3",
  dimmed: "#98a1ae",
  line: "#2f363f",
  surface: "#1a1e25",
};
