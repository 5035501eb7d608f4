import { Badge } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconLoader, IconPlayerPause, type Icon } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { SourceStatus } from "../api/model";

const LOOKS: Record<SourceStatus, { colour: string; icon: Icon }> = {
  ready: { colour: "teal", icon: IconCircleCheck },
  loading: { colour: "blue", icon: IconLoader },
  error: { colour: "red", icon: IconAlertTriangle },
  paused: { colour: "gray", icon: IconPlayerPause },
};

/** Where a data source stands: by colour, sign and word. */
export function StatusBadge({ status }: { status: SourceStatus }) {
  const { t } = useTranslation();
  const { colour, icon: Sign } = LOOKS[status];
  return (
    <Badge variant="light" color={colour} leftSection={<Sign size={12} aria-hidden />} style={{ flexShrink: 0 }}>
      {t(`sources.status.${status}`)}
    </Badge>
  );
}
