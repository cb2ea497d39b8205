// Calendar addresses for staff: made here, shown once, revoked here.
import { formatDate } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Alert, Button, CopyButton, Group, NativeSelect, TextInput } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import type { Settings } from "./document.ts";
import { useFeeds, useMakeFeed, useRevokeFeed } from "./queries.ts";
import styles from "./reservations.module.css";
import { resourceChoices } from "./settings-form.tsx";

export function Feeds({ store, draft }: { store: string; draft: Settings }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const { data } = useFeeds(store);
  const make = useMakeFeed(store);
  const revoke = useRevokeFeed(store);
  const [resource, setResource] = useState("");
  const [label, setLabel] = useState("");
  const address = make.data === undefined ? null : `${window.location.origin}${make.data.path}`;
  const choices = [{ value: "", label: t("booking.whole") }, ...resourceChoices(draft)];
  return (
    <Card title={t("booking.feeds")} note={t("booking.feedsLead")}>
      <form
        className={styles.fields}
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({ resource, label }, { onSuccess: () => setLabel("") });
        }}
      >
        <NativeSelect label={t("booking.feedFor")} value={resource} data={choices} onChange={({ currentTarget }) => setResource(currentTarget.value)} />
        <TextInput label={t("booking.feedLabel")} required maxLength={100} value={label} onChange={({ currentTarget }) => setLabel(currentTarget.value)} />
        <Button type="submit" variant="default" loading={make.isPending}>
          {t("booking.makeFeed")}
        </Button>
      </form>
      {address !== null && (
        <Alert color="green" title={t("booking.feedShown")}>
          <Group>
            <code className={styles.address}>{address}</code>
            <CopyButton value={address}>
              {({ copied, copy }) => (
                <Button size="xs" variant="default" onClick={copy}>
                  {t(copied ? "booking.copied" : "booking.copy")}
                </Button>
              )}
            </CopyButton>
          </Group>
        </Alert>
      )}
      <ul className={styles.waits}>
        {data?.feeds.map((one) => (
          <li key={one.feed_id}>
            <b>{one.label}</b>
            <span>{choices.find(({ value }) => value === one.resource)?.label ?? one.resource}</span>
            <small>{t("booking.made", { date: formatDate(one.created_at, locale) })}</small>
            {one.revoked_at === null ? (
              <Button size="xs" variant="default" loading={revoke.isPending} onClick={() => revoke.mutate(one.feed_id)}>
                {t("booking.revoke")}
              </Button>
            ) : (
              <small>{t("booking.revoked")}</small>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
