import { Button, CopyButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { tokenizeSql } from "./sql-tokens";
import classes from "./SqlBlock.module.css";

/** A query, coloured and ready to be copied. */
export function SqlBlock({ sql }: { sql: string }) {
  const { t } = useTranslation();
  const tokens = useMemo(() => tokenizeSql(sql), [sql]);
  return (
    <div className={classes["block"]}>
      <CopyButton value={sql}>
        {({ copied, copy }) => (
          <Button
            className={classes["copy"] ?? ""}
            size="compact-sm"
            variant="default"
            leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            aria-label={copied ? t("app.copied") : t("answer.copySql")}
            onClick={copy}
          >
            <span aria-live="polite">{copied ? t("app.copied") : t("app.copy")}</span>
          </Button>
        )}
      </CopyButton>
      {/* It scrolls, so the keyboard must reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={classes["code"]} tabIndex={0} aria-label={t("answer.sqlLabel")}>
        <code>
          {tokens.map((token, i) =>
            token.kind === "plain" ? (
              token.text
            ) : (
              <span key={i} data-kind={token.kind}>
                {token.text}
              </span>
            ),
          )}
        </code>
      </pre>
    </div>
  );
}
