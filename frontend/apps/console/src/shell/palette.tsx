// The command palette: pages at once, customers after a short pause. What is typed goes in a request body, never into
// an address.
import { request } from "@enishi/api/client.ts";
import type { CustomerBrief, CustomerSearch } from "@enishi/api/types.ts";
import { formatPoints } from "@enishi/i18n/format.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { useTexts } from "./texts.ts";
import { NAVIGATION, type NavPage } from "./navigation.ts";
import styles from "./palette.module.css";
import { useMay, useMayOpen } from "./session.ts";

const SHORTEST_QUERY = 3;
const PAUSE_MS = 350;
const MOST_CUSTOMERS = 6;

const [store, spotlight] = createSpotlight();

export function openPalette(): void {
  spotlight.open();
}

function useFound(query: string, allowed: boolean): { customers: CustomerBrief[]; searching: boolean } {
  const [settled] = useDebouncedValue(query.trim(), PAUSE_MS);
  const enabled = allowed && settled.length >= SHORTEST_QUERY;
  const { data, isFetching } = useQuery({
    queryKey: ["palette", settled],
    queryFn: ({ signal }) =>
      request<CustomerSearch>("/api/console/customers:search", { method: "POST", body: { query: settled }, signal }),
    enabled,
    gcTime: 60_000,
  });
  return {
    customers: enabled ? (data?.customers.slice(0, MOST_CUSTOMERS) ?? []) : [],
    searching: allowed && query.trim().length >= SHORTEST_QUERY && (isFetching || settled !== query.trim()),
  };
}

export function Palette(): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate();
  const may = useMay();
  const mayOpen = useMayOpen();
  const [query, setQuery] = useState("");
  const findsCustomers = may("customers.read");
  const { customers, searching } = useFound(query, findsCustomers);
  const wanted = query.trim().toLowerCase();
  const pages = NAVIGATION.flatMap((group) => group.pages).filter(
    (page) => mayOpen(page) && matches(page, t(`nav.${page.key}`), wanted),
  );
  const nothing = pages.length === 0 && customers.length === 0;
  return (
    <Spotlight.Root
      store={store}
      shortcut="mod + K"
      query={query}
      onQueryChange={setQuery}
      maxHeight={420}
      scrollable
      radius="lg"
      size={560}
      clearQueryOnClose
      overlayProps={{ blur: 0 }}
    >
      <Spotlight.Search
        placeholder={t("palette.placeholder")}
        aria-label={t("palette.placeholder")}
        leftSection={<Icon name="search" size={18} />}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.nativeEvent.isComposing && !searching) openFirstUnlessChosen();
        }}
      />
      <Spotlight.ActionsList>
        {customers.length > 0 && (
          <Spotlight.ActionsGroup label={t("palette.customers")}>
            {customers.map((customer) => (
              <Spotlight.Action
                key={customer.customer_id}
                onClick={() =>
                  void navigate({ to: "/customers/$customerId", params: { customerId: customer.customer_id } })
                }
              >
                <CustomerRow customer={customer} />
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        )}
        {pages.length > 0 && (
          <Spotlight.ActionsGroup label={t("palette.pages")}>
            {pages.map((page) => (
              <Spotlight.Action
                key={page.key}
                label={t(`nav.${page.key}`)}
                leftSection={<Icon name={page.icon} size={18} />}
                onClick={() => void navigate({ to: page.to })}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {nothing && (
          <Spotlight.Empty>{searching ? t("palette.searching") : emptyText(query, findsCustomers, t)}</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
      <p className={styles.foot}>
        <span>{findsCustomers ? t("palette.hint") : ""}</span>
        <span>{searching ? t("palette.searching") : t("palette.keys")}</span>
      </p>
    </Spotlight.Root>
  );
}

/** Enter opens the first hit at once; a hit chosen with the arrow keys is opened by the palette itself. */
function openFirstUnlessChosen(): void {
  const list = document.querySelector(".mantine-Spotlight-actionsList");
  if (list?.querySelector("[data-selected]") === null) list.querySelector<HTMLElement>("[data-action]")?.click();
}

function matches(page: NavPage, label: string, wanted: string): boolean {
  return wanted === "" || label.toLowerCase().includes(wanted) || page.key.includes(wanted);
}

function emptyText(
  query: string,
  findsCustomers: boolean,
  t: (key: "palette.tooShort" | "palette.empty") => string,
): string {
  return findsCustomers && query.trim().length < SHORTEST_QUERY ? t("palette.tooShort") : t("palette.empty");
}

function CustomerRow({ customer }: { customer: CustomerBrief }): ReactElement {
  return (
    <span className={styles.customer}>
      <Icon name="customer" size={18} />
      <span className={styles.name}>
        {customer.name}
        <small>{customer.identifiers[0]?.value ?? customer.customer_id}</small>
      </span>
      <span className="enishi-figure">{formatPoints(customer.available)}</span>
    </span>
  );
}
