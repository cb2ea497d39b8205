import type { CustomerBrief } from "@enishi/api/types.ts";
import { formatCount, formatDate, formatIdentifier, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Button, Skeleton, TextInput } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, type KeyboardEvent, type ReactElement, useRef, useState, useSyncExternalStore } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Card, PageHead } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { Empty, Failed } from "../../shell/states.tsx";
import { InventedChip, When } from "../../shell/values.tsx";
import styles from "./list.module.css";
import { useCustomerSearch, useRecentCustomers } from "./queries.ts";
import { searchMemory } from "../../shell/search-memory.ts";

export function CustomerList(): ReactElement {
  const { t } = useTexts();
  const query = useSyncExternalStore(searchMemory.subscribe, searchMemory.read);
  const [typed, setTyped] = useState(query);
  const results = useRef<HTMLDivElement>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    searchMemory.write(typed.trim());
  };
  const intoResults = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    results.current?.querySelector<HTMLElement>("a[data-row]")?.focus();
  };
  const clear = (): void => {
    setTyped("");
    searchMemory.write("");
  };
  return (
    <>
      <PageHead title={t("customers.title")} />
      <Card className={styles.searchCard}>
        <form role="search" className={styles.form} onSubmit={submit}>
          <TextInput
            className={styles.field}
            size="md"
            type="search"
            name="query"
            autoFocus
            autoComplete="off"
            spellCheck={false}
            maxLength={256}
            aria-label={t("customers.label")}
            placeholder={t("customers.placeholder")}
            leftSection={<Icon name="search" size={19} />}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={intoResults}
          />
          <Button type="submit" size="md" disabled={typed.trim() === ""}>
            {t("customers.submit")}
          </Button>
        </form>
        <p className={styles.hint}>{t("customers.hint")}</p>
      </Card>
      <div ref={results}>{query === "" ? <Recent /> : <Results query={query} onClear={clear} />}</div>
    </>
  );
}

function Results({ query, onClear }: { query: string; onClear: () => void }): ReactElement {
  const { t, word } = useTexts();
  const { data, error, isError, isPending, isPlaceholderData, refetch } = useCustomerSearch(query);
  if (isPending) {
    return (
      <Card flush>
        <RowSkeletons />
      </Card>
    );
  }
  if (isError) {
    return (
      <Card>
        <Failed error={error} onRetry={() => void refetch()} />
      </Card>
    );
  }
  const kinds = data.searched_as.map((kind) => word("common:identifier", kind));
  return (
    <Card
      flush
      title={data.customers.length === 0 ? undefined : t("customers.results", { n: formatCount(data.customers.length) })}
      note={kinds.length > 0 ? t("customers.searchedAs", { kinds: kinds.join(t("common:listSeparator")) }) : undefined}
      actions={
        <Button variant="subtle" size="compact-sm" onClick={onClear}>
          {t("customers.clear")}
        </Button>
      }
    >
      <div aria-live="polite" aria-busy={isPlaceholderData} className={styles.results}>
        {data.customers.length === 0 ? (
          <Empty title={t("customers.none")} hint={t("customers.noneHint")} />
        ) : (
          <Rows customers={data.customers} />
        )}
      </div>
    </Card>
  );
}

/** Moves between rows with the arrow keys; Enter follows the row's link, as any link. */
function moveBetweenRows(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("a[data-row]")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = at + (event.key === "ArrowDown" ? 1 : -1);
  event.preventDefault();
  if (next < 0) document.querySelector<HTMLInputElement>("input[type=search]")?.focus();
  else rows[Math.min(next, rows.length - 1)]?.focus();
}

function Rows({ customers }: { customers: CustomerBrief[] }): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate();
  const open = (customerId: string): void => {
    void navigate({ to: "/customers/$customerId", params: { customerId } });
  };
  return (
    <table className={styles.table} onKeyDown={moveBetweenRows}>
      <thead>
        <tr>
          <th scope="col">{t("customers.name")}</th>
          <th scope="col">{t("customers.identifiers")}</th>
          <th scope="col" className={styles.when}>
            {t("customers.lastPurchase")}
          </th>
          <th scope="col" className={styles.figure}>
            {t("customers.available")}
          </th>
        </tr>
      </thead>
      <tbody>
        {customers.map((customer) => (
          <tr key={customer.customer_id} onClick={() => open(customer.customer_id)}>
            <td>
              <Link
                data-row
                to="/customers/$customerId"
                params={{ customerId: customer.customer_id }}
                className={styles.name}
                onClick={(event) => event.stopPropagation()}
              >
                {customer.name}
              </Link>
              <span className={styles.kana}>
                {customer.name_kana}
                {customer.invented && <InventedChip />}
              </span>
            </td>
            <td>
              <Identifiers customer={customer} />
            </td>
            <td className={styles.when}>
              {customer.last_purchase_at === null ? t("customers.never") : <When at={customer.last_purchase_at} />}
            </td>
            <td className={styles.figure}>{formatPoints(customer.available)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const IDENTIFIERS_SHOWN = 2;

function Identifiers({ customer }: { customer: CustomerBrief }): ReactElement {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  const ended = customer.ended_card;
  // A card that has ended is no longer among the identifiers, so that none of them is what matched.
  const matched = ended === null ? customer.matched_by : null;
  // The identifier that matched comes first, so that the reason for the hit is always in view.
  const shown = customer.identifiers
    .toSorted((a, b) => Number(b.kind === matched) - Number(a.kind === matched))
    .slice(0, IDENTIFIERS_SHOWN);
  return (
    <span className={styles.identifiers}>
      {ended !== null && (
        <span data-ended>
          {t("customers.endedCard", {
            ended: t("common:cards.ended", {
              date: formatDate(ended.ended_at, locale),
              reason: word("common:cards.reason", ended.reason),
            }),
          })}
        </span>
      )}
      {shown.map((identifier) => (
        <span key={`${identifier.kind}-${identifier.value}`} data-matched={identifier.kind === matched}>
          <small>{word("common:identifier", identifier.kind)}</small>
          {formatIdentifier(identifier.kind, identifier.value)}
        </span>
      ))}
    </span>
  );
}

function RowSkeletons(): ReactElement {
  return (
    <div className={styles.skeletons}>
      {Array.from({ length: 4 }, (_, row) => (
        <Skeleton key={row} height={36} />
      ))}
    </div>
  );
}

function Recent(): ReactElement {
  const { t } = useTexts();
  const may = useMay();
  const { data, isLoading } = useRecentCustomers(may("home.read"));
  if (isLoading) {
    return (
      <Card flush title={t("customers.recent")}>
        <RowSkeletons />
      </Card>
    );
  }
  if (data === undefined || data.length === 0) {
    return (
      <Card>
        <Empty title={t("customers.noRecent")} hint={t("customers.placeholder")} />
      </Card>
    );
  }
  return (
    <Card flush title={t("customers.recent")} note={t("customers.recentHint")}>
      <ul className={styles.recent} onKeyDown={moveBetweenRows}>
        {data.map((customer) => (
          <li key={customer.customer_id}>
            <Link data-row to="/customers/$customerId" params={{ customerId: customer.customer_id }}>
              <Icon name="customer" size={18} />
              <span>{customer.name}</span>
              <When at={customer.at} />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
