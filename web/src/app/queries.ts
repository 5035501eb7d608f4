import { notifications } from "@mantine/notifications";
import { MutationCache, QueryClient } from "@tanstack/react-query";
import { ApiError, messageOf } from "../api/problem";
import { i18n } from "../i18n";

declare module "@tanstack/react-query" {
  interface Register {
    mutationMeta: {
      /** The caller shows the problem itself, where it arose. */
      shown?: boolean;
    };
  }
}

/** Shows a problem as a toast; without a title, the problem's own. */
export function notifyProblem(error: unknown, given?: string) {
  const title = given ?? (error instanceof ApiError ? error.problem.title : i18n.t("app.problem"));
  notifications.show({ color: "red", title, message: messageOf(error), autoClose: 10_000, withBorder: true });
}

/** Shows that something was done. */
export function notifyDone(message: string) {
  notifications.show({ message, autoClose: 4_000, withBorder: true });
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (!mutation.meta?.shown) notifyProblem(error);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (count, error) => count < 2 && (!(error instanceof ApiError) || error.isRetryable),
      },
    },
  });
}
