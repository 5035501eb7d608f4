import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { createBrowserRouter, RouterProvider } from "react-router";
import { i18n } from "../i18n";
import { createQueryClient } from "./queries";
import { ROUTES } from "./routes";
import { cssVariables, theme } from "./theme";

const router = createBrowserRouter(ROUTES);

export function App() {
  const { t } = useTranslation();
  const [queries] = useState(createQueryClient);
  useEffect(() => {
    // What the server puts into words is read anew in the other language.
    const readAnew = () => void queries.invalidateQueries({ queryKey: ["source"] });
    i18n.on("languageChanged", readAnew);
    return () => i18n.off("languageChanged", readAnew);
  }, [queries]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <ModalsProvider labels={{ confirm: "OK", cancel: t("app.cancel") }}>
          <Notifications position="top-right" />
          <RouterProvider router={router} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
