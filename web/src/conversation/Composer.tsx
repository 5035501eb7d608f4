import { ActionIcon, Text, Textarea, Tooltip } from "@mantine/core";
import { IconArrowUp, IconPlayerStopFilled } from "@tabler/icons-react";
import type { KeyboardEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { QUESTION_ID } from "../app/question-focus";
import { EffortPicker } from "./EffortPicker";
import classes from "./Composer.module.css";

/** Longest question that the server takes, in characters. */
export const LONGEST_QUESTION = 4000;
/** From here on the counter shows. */
const COUNT_FROM = 3000;

interface ComposerProps {
  value: string;
  onChange: (value: string) => void;
  onSend: (question: string) => void;
  placeholder: string;
  /** A question cannot be sent now. */
  disabled?: boolean;
  /** A question is being sent. */
  sending?: boolean;
  /** Given while a question is being answered: stops it. */
  onCancel?: (() => void) | undefined;
  /** What stands at the foot, left: the data source. */
  children?: ReactNode;
}

/** Characters as the server counts them: code points, so that an emoji is one and not two. */
function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The question box. Enter sends, Shift + Enter makes a new line. */
export function Composer({ value, onChange, onSend, placeholder, disabled, sending, onCancel, children }: ComposerProps) {
  const { t } = useTranslation();
  const used = countCharacters(value);
  const over = used - LONGEST_QUESTION;
  const sendable = !disabled && !sending && !onCancel && value.trim() !== "" && over <= 0;

  const send = () => {
    if (sendable) onSend(value.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes a character, Enter belongs to it.
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    if (event.shiftKey) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className={classes["composer"]}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Textarea
        id={QUESTION_ID}
        variant="unstyled"
        aria-label={t("ask.question")}
        aria-describedby={used >= COUNT_FROM ? "question-count" : undefined}
        aria-invalid={over > 0}
        placeholder={placeholder}
        autosize
        minRows={1}
        maxRows={9}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        classNames={{ input: classes["input"] ?? "" }}
      />
      <div className={classes["foot"]}>
        <div className={classes["left"]}>
          {children}
          <EffortPicker />
        </div>
        {used >= COUNT_FROM && (
          <Text id="question-count" size="xs" c={over > 0 ? "var(--app-bad)" : "dimmed"} className="app-tabular" role="status">
            {over > 0 ? t("ask.tooLong", { over }) : t("ask.counter", { used, limit: LONGEST_QUESTION })}
          </Text>
        )}
        {used < COUNT_FROM && (
          <Text size="xs" c="dimmed" visibleFrom="sm">
            {t("ask.hint")}
          </Text>
        )}
        {onCancel ? (
          <Tooltip label={`${t("run.cancel")} (Esc)`}>
            <ActionIcon size={34} radius="xl" color="gray" aria-label={t("run.cancel")} onClick={onCancel}>
              <IconPlayerStopFilled size={16} />
            </ActionIcon>
          </Tooltip>
        ) : (
          <ActionIcon
            type="submit"
            size={34}
            radius="xl"
            variant="filled"
            aria-label={t("ask.send")}
            disabled={!sendable}
            loading={sending === true}
          >
            <IconArrowUp size={18} stroke={2.4} />
          </ActionIcon>
        )}
      </div>
    </form>
  );
}
