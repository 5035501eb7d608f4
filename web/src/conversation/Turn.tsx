import { useTranslation } from "react-i18next";
import type { Answer, Run } from "../api/model";
import { AnswerCard } from "./AnswerCard";
import { LiveRun } from "./LiveRun";
import classes from "./Turn.module.css";

interface TurnProps {
  question: string;
  run: Run | undefined;
  cancelling: boolean;
  busy: boolean;
  onCancel: () => void;
  onAnswer: (run: Run, answer: Answer) => void;
  onAsk: (question: string) => void;
}

/** A question and what came of it. */
export function Turn({ question, run, cancelling, busy, onCancel, onAnswer, onAsk }: TurnProps) {
  const { t } = useTranslation();
  return (
    <article className={classes["turn"]} aria-label={question}>
      <h2 className={classes["question"]}>
        <span className="app-visually-hidden">{t("ask.you")}: </span>
        {question}
      </h2>
      {run?.status === "running" && (
        <LiveRun
          key={run.id}
          run={run}
          cancelling={cancelling || run.cancel_requested}
          onCancel={onCancel}
          onAnswer={(answer) => onAnswer(run, answer)}
        />
      )}
      {run && run.status !== "running" && (
        <AnswerCard
          key={run.id}
          runId={run.id}
          sourceId={run.source_id}
          question={question}
          answer={run.answer ?? endWithoutAnswer(run, t("run.interrupted"))}
          onAsk={onAsk}
          onRetry={() => onAsk(question)}
          busy={busy}
        />
      )}
    </article>
  );
}

/** A run that was ended from outside may have no answer; its status still says how it ended. */
function endWithoutAnswer(run: Run, text: string): Answer {
  return { status: run.status, kind: "text", text };
}
