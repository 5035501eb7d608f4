import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications, notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, vi } from "vitest";
import { createQueryClient } from "../app/queries";
import { theme } from "../app/theme";
import "../i18n";

// Boxes that grow with their text listen for fonts, which happy-dom does not have.
Object.defineProperty(document, "fonts", { value: new EventTarget(), configurable: true });

/** Draws a page, or a part of one, inside all that the app puts around it. */
export function renderPage(element: ReactElement, at = "/") {
  const queries = createQueryClient();
  queries.setDefaultOptions({ queries: { retry: false } });
  const router = createMemoryRouter([{ path: "*", element }], { initialEntries: [at] });
  render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queries}>
        <ModalsProvider>
          <Notifications />
          <RouterProvider router={router} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { user: userEvent.setup({ delay: null }), router };
}

afterEach(() => {
  notifications.clean();
  cleanup();
  vi.unstubAllGlobals();
  localStorage.clear();
});
