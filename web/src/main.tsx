import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app/global.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { preferredLanguage, showLanguage } from "./i18n";

const root = document.getElementById("root");

function start() {
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

// Texts that cannot be fetched leave the pages in English.
showLanguage(preferredLanguage()).then(start, start);
