import type { ComponentType } from "react";
import type { RouteObject } from "react-router";
import { AskPage } from "../pages/AskPage";
import { NotFoundPage } from "../pages/NotFoundPage";
import { CrashPage } from "./CrashPage";
import { Layout } from "./Layout";
import { Loading } from "./Loading";

/** A page that is fetched when it is first opened. */
function later(load: () => Promise<ComponentType>) {
  return { lazy: async () => ({ Component: await load() }) };
}

/** Every page of the UI: one line each. */
const PAGES: RouteObject[] = [
  { index: true, element: <AskPage /> },
  { path: "conversations/:id", element: <AskPage /> },
  { path: "sources", ...later(async () => (await import("../pages/SourcesPage")).SourcesPage) },
  { path: "sources/:id", ...later(async () => (await import("../pages/SourcePage")).SourcePage) },
  { path: "models", ...later(async () => (await import("../pages/ModelsPage")).ModelsPage) },
  { path: "*", element: <NotFoundPage /> },
];

export const ROUTES: RouteObject[] = [
  {
    path: "/",
    element: <Layout />,
    hydrateFallbackElement: <Loading />,
    errorElement: <CrashPage />,
    children: [{ errorElement: <CrashPage />, children: PAGES }],
  },
];
