// The audit record, newest first, with the state of its chain.
import { request, withQuery } from "@enishi/api/client.ts";
import type { AuditEvent, AuditLog } from "@enishi/api/types.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Button, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { DataTable } from "mantine-datatable";
import type { ReactElement } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Card, PageHead } from "../../shell/page.tsx";
import { Empty, Failed } from "../../shell/states.tsx";
import { When } from "../../shell/values.tsx";
import styles from "./list.module.css";

const PAGE_SIZE = 50;
const HASH_SHOWN = 8;
const LONGEST_ID_SHOWN = 16;

function useAudit() {
  return useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam, signal }) =>
      request<AuditLog>(withQuery("/api/console/audit", { limit: PAGE_SIZE, cursor: pageParam }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function AuditList(): ReactElement {
  const { t } = useTexts();
  const { data, error, isError, hasNextPage, isFetchingNextPage, fetchNextPage, isFetching, refetch } = useAudit();
  const events = data?.pages.flatMap((page) => page.events);
  return (
    <>
      <PageHead
        title={t("audit.title")}
        meta={t("audit.lead")}
        actions={
          <Button
            variant="default"
            size="sm"
            leftSection={<Icon name="refresh" size={16} />}
            loading={isFetching && !isFetchingNextPage}
            onClick={() => void refetch()}
          >
            {t("common:refresh")}
          </Button>
        }
      />
      {data !== undefined && <Chain intact={data.pages.every((page) => page.chain_ok)} />}
      <Card flush>
        {events === undefined && isError && <Failed error={error} onRetry={() => void refetch()} />}
        {events === undefined && !isError && <RowSkeletons />}
        {events?.length === 0 && <Empty icon="audit" title={t("audit.empty")} />}
        {events !== undefined && events.length > 0 && (
          <>
            <Events events={events} />
            <div className={styles.more}>
              {hasNextPage ? (
                <Button variant="default" size="sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                  {t("common:more")}
                </Button>
              ) : (
                <p>{t("audit.end")}</p>
              )}
            </div>
          </>
        )}
      </Card>
    </>
  );
}

function Chain({ intact }: { intact: boolean }): ReactElement {
  const { t } = useTexts();
  return (
    <p className={styles.chain} data-intact={intact} role={intact ? "status" : "alert"}>
      <Icon name={intact ? "audit" : "warning"} size={18} />
      {intact ? t("audit.intact") : t("audit.broken")}
    </p>
  );
}

function Events({ events }: { events: AuditEvent[] }): ReactElement {
  const { t, word } = useTexts();
  return (
    <DataTable
      idAccessor="event_id"
      records={events}
      verticalSpacing="xs"
      horizontalSpacing="lg"
      minHeight={120}
      columns={[
        {
          accessor: "at",
          title: t("audit.at"),
          width: 185,
          render: ({ at }) => <When at={at} as="absolute" />,
        },
        { accessor: "actor", title: t("audit.actor"), width: 105, render: (event) => <Actor event={event} /> },
        {
          accessor: "action",
          title: t("audit.action"),
          width: 165,
          render: ({ action }) => <span title={action}>{word("audit.actions", action)}</span>,
        },
        { accessor: "target", title: t("audit.target"), width: 140, render: (event) => <Target event={event} /> },
        { accessor: "detail", title: t("audit.detail"), render: ({ detail }) => <Detail detail={detail} /> },
        {
          accessor: "hash",
          title: t("audit.hash"),
          width: 115,
          render: ({ hash }) => (
            <code className={styles.hash} title={hash}>
              {hash.slice(0, HASH_SHOWN)}
            </code>
          ),
        },
      ]}
    />
  );
}

function Actor({ event }: { event: AuditEvent }): ReactElement {
  const { t } = useTexts();
  if (event.actor_name !== null) return <>{event.actor_name}</>;
  if (event.actor.startsWith("member:")) return <>{t("audit.member")}</>;
  if (event.actor === "system") return <>{t("audit.system")}</>;
  return <span className={styles.quiet}>{event.actor}</span>;
}

function Target({ event }: { event: AuditEvent }): ReactElement {
  const { t } = useTexts();
  const [kind = "", id = ""] = event.target.split(":");
  if (event.target === event.actor) return <span className={styles.quiet}>{t("audit.self")}</span>;
  if (kind === "customer" && id !== "") {
    return (
      <Link to="/customers/$customerId" params={{ customerId: id }} className={styles.target}>
        {t("audit.customer")} <code>{id.slice(-8)}</code>
      </Link>
    );
  }
  return (
    <span className={styles.quiet} title={event.target}>
      {id.length > LONGEST_ID_SHOWN ? `${kind}:…${id.slice(-8)}` : event.target}
    </span>
  );
}

/** Where a word of an event's details may be explained. */
const VALUE_GROUPS = ["audit.values", "common:identifier", "common:role"] as const;

function Detail({ detail }: { detail: AuditEvent["detail"] }): ReactElement {
  const { t, word } = useTexts();
  const plain = (value: string): string =>
    VALUE_GROUPS.map((group) => word(group, value)).find((text) => text !== value) ?? value;
  const text = (value: AuditEvent["detail"][string]): string => {
    if (Array.isArray(value)) return value.map(plain).join(t("common:listSeparator"));
    if (typeof value === "boolean") return t(value ? "program.yes" : "program.no");
    return value === null ? "—" : plain(String(value));
  };
  return (
    <span className={styles.detail}>
      {Object.entries(detail).map(([key, value]) => (
        <span key={key}>
          {word("audit.fields", key)}: {text(value)}
        </span>
      ))}
    </span>
  );
}

function RowSkeletons(): ReactElement {
  return (
    <div className={styles.skeletons} aria-hidden="true">
      {Array.from({ length: 8 }, (_, row) => (
        <Skeleton key={row} height={22} />
      ))}
    </div>
  );
}
