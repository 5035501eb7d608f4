import { IconCornerDownRight } from "@tabler/icons-react";
import { Text } from "@mantine/core";
import classes from "./Suggestions.module.css";

interface SuggestionsProps {
  title: string;
  items: readonly string[];
  onChoose: (question: string) => void;
  disabled?: boolean;
  /** Large, in two columns: for an empty page. */
  large?: boolean;
}

/** Questions to ask with one click. */
export function Suggestions({ title, items, onChoose, disabled, large }: SuggestionsProps) {
  if (items.length === 0) return null;
  return (
    <section aria-label={title}>
      <Text size="xs" c="dimmed" fw={600} mb={6}>
        {title}
      </Text>
      <ul className={classes[large ? "grid" : "chips"]}>
        {items.map((question) => (
          <li key={question}>
            <button type="button" className={classes["chip"]} disabled={disabled} onClick={() => onChoose(question)}>
              {large && <IconCornerDownRight size={16} className={classes["sign"]} aria-hidden />}
              <span>{question}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
