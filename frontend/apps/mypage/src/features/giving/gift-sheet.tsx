/** Gifts to other members: the form within the programme's terms, and what has been given and received. */
import type { MyTransfer, MyTransfers } from "@enishi/api/types.ts";
import { formatPoints, formatSignedPoints } from "@enishi/i18n/format.ts";
import type { ReactElement } from "react";
import { Awaited } from "../../shell/awaited.tsx";
import { plainDate } from "../../shell/dates.ts";
import { open } from "../../shell/router.ts";
import { useWords } from "../../shell/words.ts";
import styles from "./giving.module.css";
import { useTransfers } from "./queries.ts";
import { TransferForm } from "./transfer-form.tsx";

export function GiftSheet(): ReactElement {
  const { t } = useWords();
  return (
    <Awaited query={useTransfers()} failed="giving.unread">
      {(page) => (
        <div className={styles.giving}>
          <Offer page={page} />
          <section>
            <h3>{t("giving.history")}</h3>
            {page.transfers.length === 0 ? (
              <p className={styles.quiet}>{t("giving.none")}</p>
            ) : (
              <ul className={styles.list}>
                {page.transfers.map((one) => (
                  <Row key={one.entry_id} one={one} />
                ))}
              </ul>
            )}
          </section>
        </div>
      )}
    </Awaited>
  );
}

function Offer({ page }: { page: MyTransfers }): ReactElement {
  const { t } = useWords();
  if (!page.terms.gifts) return <p>{t("giving.off")}</p>;
  if (page.frozen) return <p>{t("giving.frozen")}</p>;
  return (
    <>
      <p className={styles.lead}>{t("giving.lead")}</p>
      <TransferForm page={page} way="gift" />
    </>
  );
}

function Row({ one }: { one: MyTransfer }): ReactElement {
  const { t } = useWords();
  return (
    <li>
      <button
        type="button"
        aria-label={t("why.linkFor", { points: formatSignedPoints(one.points) })}
        onClick={() => open({ name: "why", id: one.entry_id })}
      >
        <span>
          {t(one.points < 0 ? "giving.gave" : "giving.got", { name: one.other })}
          <small>
            {plainDate(one.at)}
            {one.way === "pool" && ` · ${t("giving.pool")}`}
            {one.fee > 0 && ` · ${t("giving.withFee", { fee: formatPoints(one.fee) })}`}
          </small>
        </span>
        <b className="enishi-figure" data-sign={one.points < 0 ? "minus" : "plus"}>
          {formatSignedPoints(one.points)}
        </b>
      </button>
    </li>
  );
}
