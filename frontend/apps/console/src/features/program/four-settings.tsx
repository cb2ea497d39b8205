// The four settings that decide an earning, with expiry and exclusions, each beside its value.
import { formatDate, formatPoints, formatYen } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import type { ReactElement, ReactNode } from "react";
import { useTexts } from "../../shell/texts.ts";
import { Card } from "../../shell/page.tsx";
import styles from "./program.module.css";
import { flatten, type Settings, type SettingValue } from "./settings.ts";

export function FourSettings({ settings }: { settings: Settings }): ReactElement {
  const { t, word } = useTexts();
  const flat = flatten(settings);
  const value = (name: string): string => String(flat.get(name) ?? "");
  const number = (name: string): number => Number(flat.get(name) ?? 0);
  const paidPoints = flat.get("earning.counts_points_paid") === true;
  const paidCoupon = flat.get("earning.counts_coupon_paid") === true;
  return (
    <Card title={t("program.settings")}>
      <dl className={styles.settings}>
        <Setting name={t("program.base")}>
          {word("program.baseValues", value("earning.base"))}
          <small>
            {t(paidPoints ? "program.baseNote.pointsYes" : "program.baseNote.pointsNo")}
            <br />
            {t(paidCoupon ? "program.baseNote.couponYes" : "program.baseNote.couponNo")}
          </small>
        </Setting>
        <Setting name={t("program.unit")}>
          {t("program.unitValue", {
            yen: formatYen(number("earning.unit_yen")),
            points: formatPoints(number("earning.points_per_unit")),
          })}
        </Setting>
        <Setting name={t("program.rounding")}>
          {word("program.roundingValues", value("earning.rounding"))}
        </Setting>
        <Setting name={t("program.scope")}>{word("program.scopeValues", value("earning.scope"))}</Setting>
        <Setting name={t("program.expiry")}>
          <Expiry flat={flat} />
        </Setting>
        <Setting name={t("program.exclusions")}>
          <Exclusions flat={flat} />
        </Setting>
      </dl>
    </Card>
  );
}

function Setting({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

type Flat = Map<string, SettingValue>;

function Expiry({ flat }: { flat: Flat }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const months = flat.get("expiry.months");
  switch (flat.get("expiry.type")) {
    case "fixed_date":
      return <>{t("program.expiryValues.fixed_date", { date: formatDate(String(flat.get("expiry.on")), locale) })}</>;
    case "extended_by_activity":
      return (
        <>
          {flat.get("expiry.to_month_end") === true
            ? t("program.expiryValues.extended_by_activity_month_end", { months })
            : t("program.expiryValues.extended_by_activity", { months })}
        </>
      );
    default:
      return <>{t("program.expiryValues.months_to_month_end", { months })}</>;
  }
}

function Exclusions({ flat }: { flat: Flat }): ReactElement {
  const { t, word } = useTexts();
  const list = (name: string): string[] => {
    const value = flat.get(name);
    return Array.isArray(value) ? value : [];
  };
  const categories = list("excluded_categories");
  const payments = list("excluded_payment_methods").map((method) =>
    word("common:payment", method),
  );
  if (categories.length === 0 && payments.length === 0) return <>{t("program.noExclusions")}</>;
  return (
    <>
      {categories.length > 0 && <Words title={t("program.excludedCategories")} words={categories} />}
      {payments.length > 0 && <Words title={t("program.excludedPayments")} words={payments} />}
    </>
  );
}

function Words({ title, words }: { title: string; words: string[] }): ReactElement {
  return (
    <div className={styles.words}>
      <small>{title}</small>
      <ul>
        {words.map((word) => (
          <li key={word}>{word}</li>
        ))}
      </ul>
    </div>
  );
}
