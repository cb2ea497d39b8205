// Adjustments that wait for a second pair of eyes, with who asked, why and what they would do; and those decided.
import type { PointsRequest } from "@enishi/api/types.ts";
import { formatDate, formatDateTime, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Button, SegmentedControl, Select } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { CsvLink, ListFoot, ListSkeleton } from "../../shell/list.tsx";
import styles from "../../shell/list.module.css";
import { Card, PageHead } from "../../shell/page.tsx";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { SignedPoints } from "../../shell/values.tsx";
import { DecideModal } from "./decide.tsx";
import { type RequestFilter, type RequestState, requestsCsvPath, useRequests } from "./queries.ts";

const DECIDED = ["decided", "approved", "refused"] as const;
const STATES = ["waiting", ...DECIDED] as const;

interface ApprovalsSearch {
  state?: (typeof DECIDED)[number] | undefined;
  store?: string | undefined;
}

export function ApprovalsPage(): ReactElement {
  const { t } = useTexts();
  const filter: RequestFilter = useSearch({ from: "/signed-in/approvals" });
  const { data, error, isError, refetch, ...paging } = useRequests(filter);
  const requests = data?.pages.flatMap((page) => page.requests);
  return (
    <>
      <PageHead
        title={t("adjusting.approvals.title")}
        meta={t("adjusting.approvals.lead")}
        actions={<CsvLink href={requestsCsvPath(filter)} />}
      />
      <Card flush>
        <Filters filter={filter} stores={data?.pages[0]?.stores ?? []} />
        {requests === undefined && isError && <Failed error={error} onRetry={() => void refetch()} />}
        {requests === undefined && !isError && <ListSkeleton />}
        {requests?.length === 0 && <Nothing state={filter.state ?? "waiting"} />}
        {requests !== undefined && requests.length > 0 && (
          <>
            <Requests requests={requests} />
            <ListFoot {...paging} error={isError ? error : null} />
          </>
        )}
      </Card>
    </>
  );
}

function Nothing({ state }: { state: RequestState }): ReactElement {
  const { t } = useTexts();
  return state === "waiting" ? (
    <Empty icon="check" title={t("adjusting.approvals.empty")} hint={t("adjusting.approvals.emptyHint")} />
  ) : (
    <Empty icon="history" title={t("adjusting.approvals.emptyDecided")} />
  );
}

interface FiltersProps {
  filter: RequestFilter;
  stores: { code: string; name: string }[];
}

function Filters({ filter, stores }: FiltersProps): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate({ from: "/approvals" });
  const choose = (part: ApprovalsSearch): void => {
    void navigate({ search: (now) => ({ ...now, ...part }), replace: true });
  };
  return (
    <div className={styles.filters}>
      <SegmentedControl
        size="sm"
        aria-label={t("adjusting.approvals.filter")}
        value={filter.state ?? "waiting"}
        onChange={(value) => choose({ state: DECIDED.find((state) => state === value) })}
        data={STATES.map((value) => ({ value, label: t(`adjusting.approvals.states.${value}`) }))}
      />
      <Select
        size="sm"
        aria-label={t("adjusting.store")}
        placeholder={t("adjusting.offline.allStores")}
        nothingFoundMessage={t("adjusting.noStore")}
        searchable
        clearable
        limit={50}
        data={stores.map(({ code, name }) => ({ value: code, label: name === code ? name : `${name}（${code}）` }))}
        value={filter.store ?? null}
        onChange={(store) => choose({ store: store ?? undefined })}
      />
    </div>
  );
}

function Requests({ requests }: { requests: PointsRequest[] }): ReactElement {
  const { t } = useTexts();
  const [deciding, setDeciding] = useState<{ request: PointsRequest; approve: boolean } | null>(null);
  return (
    <div className={styles.scroll}>
      <table className={styles.table} data-stacks>
        <thead>
          <tr>
            <th scope="col">{t("adjusting.approvals.customer")}</th>
            <th scope="col" data-figure>
              {t("adjusting.approvals.points")}
            </th>
            <th scope="col">{t("adjusting.approvals.reason")}</th>
            <th scope="col">{t("adjusting.approvals.asked")}</th>
            <th scope="col" data-figure>
              {t("adjusting.approvals.effect")}
            </th>
            <th scope="col">{t("adjusting.approvals.decided")}</th>
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => (
            <Row
              key={request.request_id}
              request={request}
              onDecide={(approve) => setDeciding({ request, approve })}
            />
          ))}
        </tbody>
      </table>
      {deciding !== null && (
        <DecideModal request={deciding.request} approve={deciding.approve} onClose={() => setDeciding(null)} />
      )}
    </div>
  );
}

interface RowProps {
  request: PointsRequest;
  onDecide: (approve: boolean) => void;
}

function Row({ request, onDecide }: RowProps): ReactElement {
  const { t, word } = useTexts();
  const [locale] = useLocale();
  const { effect } = request;
  return (
    <tr>
      <td>
        <Link to="/customers/$customerId" params={{ customerId: request.customer.customer_id }} className={styles.link}>
          {request.customer.name}
        </Link>
      </td>
      <td data-figure data-label={t("adjusting.approvals.points")}>
        <div>
          <SignedPoints points={request.points} />
          <small>
            {t(`common:kindShort.${request.kind}`)}
            {request.expires_on !== null &&
              ` · ${t("adjusting.approvals.until", { date: formatDate(request.expires_on, locale) })}`}
          </small>
        </div>
      </td>
      <td data-label={t("adjusting.approvals.reason")}>
        <div>
          {request.reason.name}
          {request.note !== "" && <small>{request.note}</small>}
        </div>
      </td>
      <td data-label={t("adjusting.approvals.asked")}>
        <div>
          {request.requested_by}
          <small>
            {formatDateTime(request.requested_at, locale)} · {request.store.name}
          </small>
        </div>
      </td>
      <td data-figure data-label={t("adjusting.approvals.effect")}>
        <div>
          {effect === null ? "—" : `${formatPoints(effect.available_before)} → ${formatPoints(effect.available_after)}`}
          {effect !== null && effect.owed_after > effect.owed_before && (
            <small data-tone="warning">
              {t("adjusting.effect.owed")} {formatPoints(effect.owed_after)}
            </small>
          )}
          {request.obstacle !== null && (
            <small data-tone="warning">{word("adjusting.approvals.obstacles", request.obstacle)}</small>
          )}
        </div>
      </td>
      <td>
        <Decision request={request} onDecide={onDecide} />
      </td>
    </tr>
  );
}

function Decision({ request, onDecide }: RowProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  if (request.state !== "waiting") {
    return (
      <div>
        <span className={styles.chip} data-state={request.state}>
          {t(`adjusting.approvals.states.${request.state}`)}
        </span>
        <small>
          {t("adjusting.approvals.by", {
            name: request.decided_by ?? "",
            date: request.decided_at === null ? "" : formatDateTime(request.decided_at, locale),
          })}
        </small>
        {request.decision_note !== null && request.decision_note !== "" && <small>{request.decision_note}</small>}
      </div>
    );
  }
  if (request.may_decide !== "yes") return <small>{t(`adjusting.approvals.${request.may_decide}`)}</small>;
  return (
    <div className={styles.buttons}>
      <Button size="xs" variant="default" onClick={() => onDecide(false)}>
        {t("adjusting.approvals.reject")}
      </Button>
      <Button size="xs" disabled={request.obstacle !== null} onClick={() => onDecide(true)}>
        {t("adjusting.approvals.approve")}
      </Button>
    </div>
  );
}
