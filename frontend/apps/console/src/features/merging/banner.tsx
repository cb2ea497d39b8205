// That a customer was merged into another, or that others are part of this one: with the way back.
import type { MergeLine } from "@enishi/api/types.ts";
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useMay } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import styles from "./merging.module.css";
import { useMerges } from "./queries.ts";
import { UndoModal } from "./undo.tsx";

export function MergeBanners({ customerId }: { customerId: string }): ReactElement | null {
  const { t } = useTexts();
  const { data } = useMerges(customerId);
  if (data === undefined) return null;
  const { merged_into: into } = data;
  return (
    <>
      {into !== null && (
        <div className={styles.banner} role="status">
          <div>
            <strong>{t("merging.into", { name: into.name })}</strong>
            <small>{t("merging.intoNote")}</small>
          </div>
          <Link to="/customers/$customerId" params={{ customerId: into.customer_id }}>
            {t("merging.openInto")}
          </Link>
        </div>
      )}
      {data.absorbed.map((line) => (
        <Absorbed key={line.merge_id} customerId={customerId} line={line} />
      ))}
    </>
  );
}

function Absorbed({ customerId, line }: { customerId: string; line: MergeLine }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const may = useMay();
  const [open, setOpen] = useState(false);
  return (
    <div className={styles.banner} role="status">
      <div>
        <strong>{t("merging.banner", { name: line.absorbed.name })}</strong>
        <small>
          {t("merging.by", { date: formatDateTime(line.at, locale), name: line.by, reason: line.reason })}
        </small>
      </div>
      <div className={styles.buttons}>
        <Button
          size="xs"
          variant="subtle"
          renderRoot={(props) => (
            <Link to="/customers/$customerId" params={{ customerId: line.absorbed.customer_id }} {...props} />
          )}
        >
          {t("merging.own")}
        </Button>
        {may("customers.merge") && (
          <Button size="xs" variant="default" onClick={() => setOpen(true)}>
            {t("merging.undo")}
          </Button>
        )}
      </div>
      {open && <UndoModal customerId={customerId} line={line} onClose={() => setOpen(false)} />}
    </div>
  );
}
