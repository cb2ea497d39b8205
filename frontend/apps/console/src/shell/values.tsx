// Small values that read the same wherever they stand: instants, points, channels.
import type { Channel } from "@enishi/api/types.ts";
import {
  formatDateTime,
  formatInstant,
  formatRelative,
  formatSignedPoints,
} from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon, type IconName } from "@enishi/ui/icons.tsx";
import { Tooltip } from "@mantine/core";
import type { ReactElement } from "react";
import { useTexts } from "./texts.ts";
import styles from "./values.module.css";

interface WhenProps {
  at: string;
  /** `relative` reads "3日前"; the full instant is shown on hover and focus either way. */
  as?: "relative" | "absolute";
}

export function When({ at, as = "relative" }: WhenProps): ReactElement {
  const [locale] = useLocale();
  return (
    <Tooltip label={formatInstant(at, locale)} openDelay={250} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at} className={styles.when}>
        {as === "relative" ? formatRelative(at, locale) : formatDateTime(at, locale)}
      </time>
    </Tooltip>
  );
}

export function SignedPoints({ points }: { points: number }): ReactElement {
  const sign = points > 0 ? "plus" : points < 0 ? "minus" : "zero";
  return (
    <span className={`${styles.points} enishi-figure`} data-sign={sign}>
      {formatSignedPoints(points)}
    </span>
  );
}

const CHANNEL_ICONS: Record<Channel, IconName> = { pos: "store", ec: "cart", app: "phone", line: "message" };

export function ChannelName({ channel }: { channel: Channel }): ReactElement {
  const { t } = useTexts();
  return (
    <span className={styles.channel}>
      <Icon name={CHANNEL_ICONS[channel]} size={15} />
      {t(`common:channel.${channel}`)}
    </span>
  );
}

/** Says that a person's name and contacts are made up for the demo. */
export function InventedChip(): ReactElement {
  const { t } = useTexts();
  return (
    <Tooltip label={t("common:inventedHint")} multiline w={300} events={{ hover: true, focus: true, touch: true }}>
      <span className={styles.invented} tabIndex={0}>
        {t("common:invented")}
      </span>
    </Tooltip>
  );
}
