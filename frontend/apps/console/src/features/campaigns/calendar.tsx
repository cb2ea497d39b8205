// When campaigns run over four months, where they overlap, and what they come to together on a sample purchase.
import type { CampaignCalendar } from "@enishi/api/types.ts";
import { dayKey, formatDateTime, formatMonth, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Button, Group, NumberInput } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type CSSProperties, type ReactElement, useState } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import { Card, PageHead } from "../../shell/page.tsx";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./calendar.module.css";
import { addMonths, placeOf, startOf } from "./months.ts";
import { useCalendar } from "./queries.ts";
import { CampaignTabs } from "./tabs.tsx";

const MONTHS = 4;
const STEP = 2;
const SAMPLE_YEN = 5_500;

export function CampaignCalendarPage(): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const search = useSearch({ from: "/signed-in/campaigns/_calendar" });
  const navigate = useNavigate({ from: "/campaigns/_calendar" });
  const now = dayKey(new Date().toISOString()).slice(0, 7);
  const from = search.from ?? addMonths(now, -1);
  const sample = search.sample ?? SAMPLE_YEN;
  const months = Array.from({ length: MONTHS }, (_, at) => addMonths(from, at));
  const [since, until] = [startOf(from), startOf(addMonths(from, MONTHS))];
  const { data, error, isError, refetch } = useCalendar(since, until, sample);
  const go = (month: string | undefined): void => {
    void navigate({ search: (before) => ({ ...before, from: month }), replace: true });
  };
  return (
    <>
      <PageHead title={t("campaigns.title")} tabTitle={t("campaigns.tabs.calendar")} meta={t("campaigns.calendar.lead")} />
      <CampaignTabs here="calendar" />
      <div className={styles.page}>
        <Card
          title={t("campaigns.calendar.months", {
            first: formatMonth(`${from}-01`, locale),
            last: formatMonth(`${months.at(-1) ?? from}-01`, locale),
          })}
          actions={
            <Group gap="xs">
              <Button size="xs" variant="default" onClick={() => go(addMonths(from, -STEP))}>
                {t("campaigns.calendar.previous")}
              </Button>
              <Button size="xs" variant="default" onClick={() => go(undefined)}>
                {t("campaigns.calendar.today")}
              </Button>
              <Button size="xs" variant="default" onClick={() => go(addMonths(from, STEP))}>
                {t("campaigns.calendar.next")}
              </Button>
            </Group>
          }
        >
          {data === undefined && (isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />)}
          {data?.bars.length === 0 && (
            <Empty icon="calendar" title={t("campaigns.calendar.none")} hint={t("campaigns.calendar.noneHint")} />
          )}
          {data !== undefined && data.bars.length > 0 && (
            <Bars calendar={data} months={months} since={since} until={until} />
          )}
        </Card>
        {data !== undefined && data.bars.length > 0 && (
          <Card
            title={t("campaigns.calendar.overlaps")}
            note={t("campaigns.calendar.overlapsHint", { yen: formatYen(data.sample_yen) })}
            actions={<Sample key={sample} sample={sample} />}
          >
            <Stretches stretches={data.stretches} />
          </Card>
        )}
      </div>
    </>
  );
}

function Sample({ sample }: { sample: number }): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate({ from: "/campaigns/_calendar" });
  const [yen, setYen] = useState(sample);
  const take = (): void => {
    if (yen === sample) return;
    void navigate({ search: (before) => ({ ...before, sample: yen }), replace: true });
  };
  return (
    <NumberInput
      size="xs"
      label={t("campaigns.calendar.sample")}
      prefix="¥"
      thousandSeparator=","
      min={1}
      max={1_000_000}
      step={500}
      allowDecimal={false}
      allowNegative={false}
      value={yen}
      onChange={(value) => typeof value === "number" && value >= 1 && setYen(value)}
      onBlur={take}
      onKeyDown={({ key }) => key === "Enter" && take()}
    />
  );
}

interface BarsProps {
  calendar: CampaignCalendar;
  months: string[];
  since: string;
  until: string;
}

/** One row a campaign; a campaign that was paused, or changed, has several bars in its row. */
function Bars({ calendar, months, since, until }: BarsProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const today = placeOf(new Date().toISOString(), since, until);
  const rows = new Map<string, CampaignCalendar["bars"]>();
  for (const bar of calendar.bars) rows.set(bar.code, [...(rows.get(bar.code) ?? []), bar]);
  const at = (instant: string): string => `${String(placeOf(instant, since, until) * 100)}%`;
  const across = (from: string, to: string): CSSProperties => ({
    insetInlineStart: at(from),
    inlineSize: `${String((placeOf(to, since, until) - placeOf(from, since, until)) * 100)}%`,
  });
  const overlaps = calendar.stretches.filter(({ parts }) => parts.length > 1);
  return (
    <div className={styles.chart}>
      <div className={styles.months} aria-hidden>
        {months.map((month) => (
          <span key={month} style={{ insetInlineStart: at(startOf(month)) }}>
            {formatMonth(`${month}-01`, locale)}
          </span>
        ))}
      </div>
      <ol className={styles.rows}>
        {[...rows].map(([code, bars], row) => (
          <li key={code}>
            <Link to="/campaigns/$code" params={{ code }} className={styles.label}>
              {bars[0]?.name}
            </Link>
            <div className={styles.track}>
              {overlaps.map((one) => (
                <i key={one.since} style={across(one.since, one.until)} />
              ))}
              {bars.map((bar) => (
                <span
                  key={bar.since}
                  className={styles.bar}
                  data-colour={row % 5}
                  style={across(bar.since, bar.until)}
                  role="img"
                  title={t("campaigns.calendar.bar", {
                    name: bar.name,
                    since: formatDateTime(bar.since, locale),
                    until: formatDateTime(bar.until, locale),
                  })}
                  aria-label={t("campaigns.calendar.bar", {
                    name: bar.name,
                    since: formatDateTime(bar.since, locale),
                    until: formatDateTime(bar.until, locale),
                  })}
                />
              ))}
              {today > 0 && today < 1 && <b style={{ insetInlineStart: `${String(today * 100)}%` }} />}
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Stretches({ stretches }: { stretches: CampaignCalendar["stretches"] }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <ol className={styles.stretches}>
      {stretches.map((one) => (
        <li key={one.since} data-together={one.parts.length > 1}>
          <header>
            <p>
              {formatDateTime(one.since, locale)} – {formatDateTime(one.until, locale)}
            </p>
            {one.parts.length > 1 && <small>{t("campaigns.calendar.together", { n: one.parts.length })}</small>}
            <strong>
              {t("campaigns.calendar.sum")} {formatPoints(one.points)}
            </strong>
          </header>
          <dl>
            <div>
              <dt>{t("campaigns.calendar.base")}</dt>
              <dd>{formatPoints(one.base_points)}</dd>
            </div>
            {one.parts.map((part) => (
              <div key={part.code} data-none={part.points === 0}>
                <dt>
                  <Link to="/campaigns/$code" params={{ code: part.code }}>
                    {part.name}
                  </Link>
                  <small>{part.sentence}</small>
                </dt>
                <dd>{formatPoints(part.points)}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ol>
  );
}
