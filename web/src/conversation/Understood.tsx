import { Anchor, Text, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { tableLabel, type Answer, type Phrase, type PhraseTarget } from "../api/model";
import classes from "./AnswerCard.module.css";

/** What a phrase stands for, as it is written in the database. */
export function targetLabel({ table, column, value }: PhraseTarget): string {
  const place = column ? `${tableLabel(table)}.${column}` : tableLabel(table);
  return value === undefined || value === null ? place : `${place} = ${value}`;
}

/** The phrases in the language of the page, else those that there are. */
export function phrasesOf(answer: Answer, language: string): readonly Phrase[] {
  const all = answer.explanations ?? [];
  return (all.find((e) => language.startsWith(e.language)) ?? all[0])?.phrases ?? [];
}

/** How the question was understood: each phrase leads to the table, column or value that it stands for. */
export function Understood({ sourceId, answer }: { sourceId: string; answer: Answer }) {
  const { t, i18n } = useTranslation();
  const phrases = phrasesOf(answer, i18n.language);
  if (phrases.length === 0 && !answer.interpretation) return null;
  return (
    <Text size="sm" c="dimmed" mt={4}>
      <span className={classes["label"]}>{t("run.understood")}</span>{" "}
      {phrases.length === 0 && answer.interpretation}
      {phrases.map(({ text, target }, i) =>
        target ? (
          <Tooltip key={i} label={targetLabel(target)} events={{ hover: true, focus: true, touch: true }} withArrow>
            <Anchor
              component={Link}
              to={`/sources/${sourceId}?table=${encodeURIComponent(tableLabel(target.table))}`}
              c="inherit"
              fw={600}
              underline="hover"
            >
              {text}
            </Anchor>
          </Tooltip>
        ) : (
          <span key={i}>{text}</span>
        ),
      )}
    </Text>
  );
}
