import { Button, Group, Text } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { api, read } from "../api/client";
import classes from "./ApiBanner.module.css";

/** The server's health, looked at more often while it is down. */
export function useHealth() {
  return useQuery({
    queryKey: ["health"],
    queryFn: () => read(api.GET("/api/v1/health")),
    retry: false,
    refetchInterval: ({ state }) => (state.status === "error" ? 3_000 : 20_000),
  });
}

/** Says that the server does not answer, and reads everything anew once it does. */
export function ApiBanner() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { isError, isFetching, refetch } = useHealth();
  const wasDown = useRef(false);

  useEffect(() => {
    if (wasDown.current && !isError) void queries.invalidateQueries();
    wasDown.current = isError;
  }, [isError, queries]);

  return (
    <div role="alert">
      {isError && (
        <Group className={classes["banner"]} gap="sm" wrap="nowrap">
          <IconPlugConnectedX size={20} aria-hidden />
          <Text size="sm" flex={1}>
            {t("app.unreachable")}
          </Text>
          <Button size="compact-sm" variant="default" loading={isFetching} onClick={() => void refetch()}>
            {t("app.retry")}
          </Button>
        </Group>
      )}
    </div>
  );
}
