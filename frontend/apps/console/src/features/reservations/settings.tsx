// A store's reservation settings: the draft, publishing it as the next version, what every version changed, calendars.
import { asProblem } from "@enishi/api/client.ts";
import type { BookingSettingsVersion, StoreSettings } from "@enishi/api/types.ts";
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Alert, Button, Group, Modal, NativeSelect, Skeleton, Stack, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { Card, PageHead } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { Empty, Failed, useProblemText } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { type Settings, TEMPLATE } from "./document.ts";
import { Feeds } from "./feeds.tsx";
import { usePublish, useSettings, useSettingsStores } from "./queries.ts";
import styles from "./reservations.module.css";
import { SettingsForm } from "./settings-form.tsx";

export function ReservationSettingsPage(): ReactElement {
  const { t } = useTexts();
  const search = useSearch({ from: "/signed-in/reservation-settings" });
  const navigate = useNavigate({ from: "/reservation-settings" });
  const stores = useSettingsStores();
  const known = stores.data?.stores ?? [];
  // Those that take reservations come first: a chain has hundreds of stores that do not.
  const sorted = [...known].sort((one, other) => Number(other.version > 0) - Number(one.version > 0));
  const store = sorted.find(({ code }) => code === search.store) ?? sorted[0];
  const found = useSettings(store?.code);
  return (
    <>
      <PageHead
        title={t("booking.settings")}
        meta={store === undefined ? undefined : store.version > 0 ? t("booking.publishedAs", { version: store.version }) : t("booking.unpublished")}
        actions={
          store !== undefined && (
            <NativeSelect
              aria-label={t("booking.storeChoice")}
              value={store.code}
              data={sorted.map(({ code, name }) => ({ value: code, label: name }))}
              onChange={({ currentTarget }) => void navigate({ search: { store: currentTarget.value } })}
            />
          )
        }
      />
      {(stores.isError || found.isError) && (
        <Card>
          <Failed error={stores.error ?? found.error} onRetry={() => void (stores.isError ? stores : found).refetch()} />
        </Card>
      )}
      {found.data === undefined && !stores.isError && !found.isError && <Skeleton height={420} />}
      {found.data !== undefined && (
        <Found key={`${found.data.store}-${found.data.version}`} found={found.data} onReload={() => void found.refetch()} />
      )}
    </>
  );
}

function Found({ found, onReload }: { found: StoreSettings; onReload: () => void }): ReactElement {
  const { t } = useTexts();
  const may = useMay();
  // The server publishes and gives back this very document; its shape is that of the server's own settings.
  const published = found.settings as unknown as Settings | null;
  const [draft, setDraft] = useState<Settings | null>(published);
  const [opened, modal] = useDisclosure(false);
  const changed = JSON.stringify(draft) !== JSON.stringify(published);
  if (draft === null) {
    return (
      <Card>
        <Empty icon="calendar" title={t("booking.unpublished")}>
          {may("reservations.settings") && <Button onClick={() => setDraft(TEMPLATE)}>{t("booking.template")}</Button>}
        </Empty>
      </Card>
    );
  }
  return (
    <div className={styles.page}>
      <fieldset className={styles.form} disabled={!may("reservations.settings")}>
        <SettingsForm draft={draft} tiers={found.tiers} onChange={(next) => setDraft({ ...draft, ...next })} />
      </fieldset>
      {changed && (
        <div className={styles.bar} role="status">
          <span>{t("booking.unsaved")}</span>
          <Button variant="default" onClick={() => setDraft(published)}>
            {t("booking.cancel")}
          </Button>
          <Button onClick={modal.open}>{t("booking.publish")}</Button>
        </div>
      )}
      {may("reservations.settings") && found.version > 0 && <Feeds store={found.store} draft={draft} />}
      <Versions versions={found.versions} />
      {opened && <Publish found={found} draft={draft} onClose={modal.close} onReload={onReload} />}
    </div>
  );
}

interface PublishProps {
  found: StoreSettings;
  draft: Settings;
  onClose: () => void;
  onReload: () => void;
}

function Publish({ found, draft, onClose, onReload }: PublishProps): ReactElement {
  const { t } = useTexts();
  const problemText = useProblemText();
  const publish = usePublish();
  const [reason, setReason] = useState("");
  const problem = publish.isError ? asProblem(publish.error) : null;
  return (
    <Modal opened onClose={onClose} title={t("booking.publishTitle")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          publish.mutate({ store: found.store, based_on: found.version, reason, settings: draft }, { onSuccess: onClose });
        }}
      >
        <Stack gap="md">
          <p>{t("booking.publishLead")}</p>
          <Textarea
            label={t("booking.reason")}
            description={t("booking.reasonHint")}
            required
            maxLength={500}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          {problem !== null && (
            <Alert color="red">
              {problem.code === "booking-settings-changed" ? t("booking.changed") : problemText(problem)}
              {problem.code === "invalid-booking-settings" && <Problems problem={problem.extra} />}
            </Alert>
          )}
          <Group justify="flex-end">
            {problem?.code === "booking-settings-changed" ? (
              <Button variant="default" onClick={onReload}>
                {t("booking.reload")}
              </Button>
            ) : (
              <Button variant="default" onClick={onClose}>
                {t("booking.cancel")}
              </Button>
            )}
            <Button type="submit" loading={publish.isPending}>
              {t("booking.publish")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Everything that is wrong, each with its field: the server finds all of it at once. */
function Problems({ problem }: { problem: Readonly<Record<string, unknown>> }): ReactElement | null {
  const problems = problem["problems"];
  if (!Array.isArray(problems)) return null;
  return (
    <ul className={styles.problems}>
      {(problems as { field: string; detail: string; remedy: string }[]).map(({ field, detail, remedy }) => (
        <li key={`${field}-${detail}`}>
          <code>{field}</code> {detail} {remedy}
        </li>
      ))}
    </ul>
  );
}

function Versions({ versions }: { versions: BookingSettingsVersion[] }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <Card title={t("booking.versions")}>
      {versions.map((one, index) => (
        <details key={one.version} className={styles.version}>
          <summary>
            <b>{t("booking.versionLine", { version: one.version })}</b>
            <span className="enishi-figure">{formatDateTime(one.published_at, locale)}</span>
            <span>{one.reason}</span>
            <small>{index === versions.length - 1 ? t("booking.first") : t("booking.changes", { n: one.changes.length })}</small>
          </summary>
          <ul>
            {one.changes.map((change) => (
              <li key={change.field}>
                <code>{change.field}</code> {change.before ?? t("booking.removed")} → {change.after ?? t("booking.removed")}
              </li>
            ))}
          </ul>
        </details>
      ))}
    </Card>
  );
}
