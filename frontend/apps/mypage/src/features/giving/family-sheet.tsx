/** Who belongs to the family, and moving points to its head. */
import type { ReactElement } from "react";
import { Awaited } from "../../shell/awaited.tsx";
import { useWords } from "../../shell/words.ts";
import styles from "./giving.module.css";
import { useTransfers } from "./queries.ts";
import { TransferForm } from "./transfer-form.tsx";

export function FamilySheet(): ReactElement {
  const { t } = useWords();
  return (
    <Awaited query={useTransfers()} failed="giving.unread">
      {(page) =>
        page.family.length === 0 ? (
          <p>{t("giving.familyNone")}</p>
        ) : (
          <div className={styles.giving}>
            <p className={styles.lead}>{t("giving.familyLead")}</p>
            <ul className={styles.list}>
              {page.family.map((one, index) => (
                <li key={`${index}-${one.name}`}>
                  <div>
                    <span>{t("giving.honorific", { name: one.name })}</span>
                    <span>
                      {one.head && <em>{t("giving.head")}</em>} {one.me && <em>{t("giving.me")}</em>}
                    </span>
                  </div>
                </li>
              ))}
            </ul>
            {!page.may_pool ? (
              <p className={styles.quiet}>{t("giving.headIsMe")}</p>
            ) : page.frozen ? (
              <p>{t("giving.frozen")}</p>
            ) : (
              <TransferForm page={page} way="pool" />
            )}
          </div>
        )
      }
    </Awaited>
  );
}
