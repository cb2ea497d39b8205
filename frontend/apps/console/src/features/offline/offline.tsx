// What terminals spent without a connection, by terminal and day, and the receipts that used more than there was.
import type { OfflineSpends } from "@enishi/api/types.ts";
import { formatCount, formatDate, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Checkbox, Select, TextInput } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { asProblem } from "@enishi/api/client.ts";
import { CsvLink, ListFoot, ListSkeleton } from "../../shell/list.tsx";
import styles from "../../shell/list.module.css";
import { Card, PageHead } from "../../shell/page.tsx";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { Refused } from "../adjusting/parts.tsx";
import { offlineCsvPath, type OfflineSearch, useOffline } from "./queries.ts";
import { Receipts } from "./receipts.tsx";

export function OfflinePage(): ReactElement {
  const { t } = useTexts();
  const search: OfflineSearch = useSearch({ from: "/signed-in/offline" });
  const { data, error, isError, isPlaceholderData, refetch, ...paging } = useOffline(search);
  const [page] = data?.pages ?? [];
  const refused = isError && asProblem(error).status === 422;
  return (
    <>
      <PageHead
        title={t("adjusting.offline.title")}
        meta={t("adjusting.offline.lead")}
        actions={<CsvLink href={offlineCsvPath(search)} />}
      />
      <div className={styles.page} aria-busy={isPlaceholderData}>
        <Card flush>
          <Filters search={search} page={page} />
        </Card>
        {refused && <Refused error={error} />}
        {page === undefined && !refused && (
          <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>
        )}
        {page !== undefined && !refused && (
          <>
            <Sums page={page} />
            <Terminals
              terminals={data?.pages.flatMap(({ terminals }) => terminals) ?? []}
              foot={<ListFoot {...paging} error={isError ? error : null} />}
            />
            <Receipts search={search} />
          </>
        )}
      </div>
    </>
  );
}

function Filters({ search, page }: { search: OfflineSearch; page: OfflineSpends | undefined }): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate({ from: "/offline" });
  const choose = (part: OfflineSearch): void => {
    void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  };
  return (
    <div className={styles.filters}>
      {(["first", "last"] as const).map((end) => (
        <TextInput
          key={end}
          type="date"
          size="sm"
          label={t(`adjusting.offline.${end}`)}
          value={search[end] ?? page?.[end] ?? ""}
          onChange={({ currentTarget: { value } }) => choose({ [end]: value === "" ? undefined : value })}
        />
      ))}
      <Select
        size="sm"
        label={t("adjusting.offline.store")}
        placeholder={t("adjusting.offline.allStores")}
        nothingFoundMessage={t("adjusting.noStore")}
        searchable
        clearable
        limit={50}
        data={(page?.stores ?? []).map(({ code, name }) => ({
          value: code,
          label: name === code ? name : `${name}（${code}）`,
        }))}
        value={search.store ?? null}
        onChange={(store) => choose({ store: store ?? undefined })}
      />
      <Checkbox
        pb="xs"
        label={t("adjusting.offline.onlyOwed")}
        checked={search.owed === true}
        onChange={({ currentTarget }) => choose({ owed: currentTarget.checked ? true : undefined })}
      />
    </div>
  );
}

function Sums({ page }: { page: OfflineSpends }): ReactElement {
  const { t } = useTexts();
  const cells = [
    { name: "spent", value: formatPoints(page.sums.spent) },
    { name: "terminals", value: formatCount(page.sums.terminals) },
    { name: "receipts", value: formatCount(page.sums.receipts) },
    { name: "owed", value: formatPoints(page.sums.owed) },
    { name: "cap", value: formatPoints(page.cap) },
  ] as const;
  return (
    <dl className={styles.sums}>
      {cells.map(({ name, value }) => (
        <div key={name} data-danger={name === "owed" && page.sums.owed > 0}>
          <dt>{t(`adjusting.offline.sums.${name}`)}</dt>
          <dd className="enishi-figure">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface TerminalsProps {
  terminals: OfflineSpends["terminals"];
  foot: ReactElement;
}

function Terminals({ terminals, foot }: TerminalsProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <Card flush title={t("adjusting.offline.terminals")} note={t("adjusting.offline.terminalsNote")}>
      {terminals.length === 0 ? (
        <Empty icon="offline" title={t("adjusting.offline.empty")} />
      ) : (
        <>
          <div className={styles.scroll} role="region" aria-label={t("adjusting.offline.terminals")} tabIndex={0}>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">{t("adjusting.offline.day")}</th>
                  <th scope="col">{t("adjusting.offline.terminal")}</th>
                  {(["spent", "over", "owed", "cap"] as const).map((column) => (
                    <th key={column} scope="col" data-figure>
                      {t(`adjusting.offline.${column}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {terminals.map((one) => (
                  <tr key={`${one.on_day}-${one.store.code}-${one.terminal}`}>
                    <td data-nowrap>{formatDate(one.on_day, locale)}</td>
                    <td>
                      {one.store.name}
                      <small>{one.terminal === "" ? t("adjusting.offline.noTerminal") : one.terminal}</small>
                    </td>
                    <td data-figure data-strong>
                      {formatPoints(one.spent)}
                    </td>
                    <td data-figure>{formatCount(one.receipts)}</td>
                    <td data-figure data-danger={one.owed > 0}>
                      {formatPoints(one.owed)}
                    </td>
                    <td data-figure>{formatPoints(one.cap)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {foot}
        </>
      )}
    </Card>
  );
}
