// A customer's rank on their page: the way to the next, what was given by hand, and every change with its reason.
import type { CustomerRank } from "@enishi/api/types.ts";
import { formatDate } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { ManualBadge, RankBar, RankChip, RankPanel, useGoalWords } from "@enishi/ui/rank.tsx";
import { Button, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactElement, useState } from "react";
import { Card } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import styles from "./customer-rank.module.css";
import { EndOverride, GiveRank } from "./override-dialog.tsx";
import { useCustomerRank } from "./queries.ts";
import { RankAtDay } from "./rank-at.tsx";
import { RankHistory } from "./rank-history.tsx";

/** Beside the name: nothing without a ladder. */
export function CustomerRankChip({ customerId }: { customerId: string }): ReactElement | null {
  const { data } = useCustomerRank(customerId);
  if (!data?.rank) return null;
  return (
    <>
      <RankChip tier={data.rank.tier} />
      {data.rank.override !== null && <ManualBadge override={data.rank.override} />}
    </>
  );
}

export function CustomerRankCard({ customerId }: { customerId: string }): ReactElement | null {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { headline } = useGoalWords();
  const may = useMay();
  const [opened, drawer] = useDisclosure(false);
  const [dialog, setDialog] = useState<"give" | "end" | null>(null);
  const { data } = useCustomerRank(customerId);
  if (!data?.rank) return null;
  const { rank } = data;
  const { override } = rank;
  return (
    <Card
      title={t("common:ranks.title")}
      actions={
        <button type="button" className={styles.why} onClick={drawer.open}>
          {t("rank.why")}
        </button>
      }
    >
      <div className={styles.rank}>
        <p className={styles.held}>
          <RankChip tier={rank.tier} large />
          {override !== null && <ManualBadge override={override} />}
        </p>
        {rank.next === null ? <p>{t("common:ranks.top")}</p> : <p className={styles.sentence}>{headline(rank.next)}</p>}
        {rank.next !== null && <RankBar rank={rank} goal={rank.next} />}
        {rank.keep !== null && (
          <p className={styles.quiet}>
            {headline(rank.keep, true)}
            {!rank.keep.met && rank.keep.by !== null && ` · ${t("common:ranks.until", { date: formatDate(rank.keep.by, locale) })}`}
          </p>
        )}
        {may("ranks.override") && (
          <div className={styles.deeds}>
            <Button variant="default" size="xs" onClick={() => setDialog("give")}>
              {t(override === null ? "rank.give" : "rank.change")}
            </Button>
            {override !== null && (
              <Button variant="default" size="xs" onClick={() => setDialog("end")}>
                {t("rank.end")}
              </Button>
            )}
          </div>
        )}
      </div>
      <Drawer
        opened={opened}
        onClose={drawer.close}
        position="right"
        size={480}
        title={t("common:ranks.title")}
        closeButtonProps={{ "aria-label": t("common:close") }}
        padding="lg"
      >
        <Details customerId={customerId} data={data} onLeave={drawer.close} />
      </Drawer>
      {dialog === "give" && <GiveRank customerId={customerId} rank={rank} onClose={() => setDialog(null)} />}
      {dialog === "end" && <EndOverride customerId={customerId} onClose={() => setDialog(null)} />}
    </Card>
  );
}

interface DetailsProps {
  customerId: string;
  data: CustomerRank;
  /** Another panel opens in the place of this one. */
  onLeave: () => void;
}

function Details({ customerId, data, onLeave }: DetailsProps): ReactElement | null {
  const { t } = useTexts();
  const may = useMay();
  if (data.rank === null) return null;
  return (
    <div className={styles.drawer}>
      <RankPanel rank={data.rank} />
      {may("points.read") && <RankAtDay customerId={customerId} />}
      <section>
        <h3>{t("rank.history")}</h3>
        {data.changes.length === 0 && <p className={styles.quiet}>{t("rank.none")}</p>}
        <RankHistory changes={data.changes} rewards={data.rewards} onLeave={onLeave} />
      </section>
    </div>
  );
}
