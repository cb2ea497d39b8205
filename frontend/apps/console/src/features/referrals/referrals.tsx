// Members who bring members: what waits for a look, what has come of each referral, and the programme with its history.
import { asProblem } from "@enishi/api/client.ts";
import type { ReferralShown, ReferralsPage as Page } from "@enishi/api/types.ts";
import { formatDateTime, formatPoints } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Alert, Button, Group, Modal, Stack, Tabs, Textarea } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import table from "../../shell/list.module.css";
import { Card, PageHead } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "../benefits/benefits.module.css";
import { History } from "../benefits/history.tsx";
import { SettingsModal } from "./settings.tsx";
import { useDecide, useReferralProgramme, useReferrals } from "./queries.ts";

export function ReferralsPage(): ReactElement {
  const { t } = useTexts();
  const { data, error, isError, refetch } = useReferralProgramme();
  const held = data?.tally.find(({ state }) => state === "held")?.count ?? 0;
  return (
    <>
      <PageHead title={t("referrals.title")} meta={t("referrals.lead")} />
      {data === undefined && (
        <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>
      )}
      {data !== undefined && (
        <Tabs defaultValue={data.versions.length === 0 ? "settings" : "review"} keepMounted={false}>
          <Tabs.List className={styles.tabs}>
            <Tabs.Tab value="review">
              {t("referrals.tabs.review")} {held > 0 && t("referrals.count", { n: held })}
            </Tabs.Tab>
            <Tabs.Tab value="list">{t("referrals.tabs.list")}</Tabs.Tab>
            <Tabs.Tab value="settings">{t("referrals.tabs.settings")}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="review">
            <List state="held" />
          </Tabs.Panel>
          <Tabs.Panel value="list">
            <Tally page={data} />
            <List state={null} />
          </Tabs.Panel>
          <Tabs.Panel value="settings">
            <Programme page={data} />
          </Tabs.Panel>
        </Tabs>
      )}
    </>
  );
}

function Tally({ page }: { page: Page }): ReactElement {
  const { t } = useTexts();
  return (
    <div className={styles.facts} style={{ marginBottom: "var(--enishi-space-4)" }}>
      {page.tally.map((one) => (
        <span key={one.state} className={styles.chip} data-has={one.state === "paid"}>
          {t(`referrals.states.${one.state}`)} {t("referrals.count", { n: one.count })}
          {one.referrer_points + one.referee_points > 0 &&
            ` · ${t("referrals.points", { points: formatPoints(one.referrer_points + one.referee_points) })}`}
        </span>
      ))}
    </div>
  );
}

function List({ state }: { state: "held" | null }): ReactElement {
  const { t } = useTexts();
  const { data, error, isError, refetch } = useReferrals(state);
  const [deciding, setDeciding] = useState<{ referral: ReferralShown; approve: boolean } | null>(null);
  if (data === undefined) {
    return <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>;
  }
  if (data.referrals.length === 0) {
    return (
      <Card>
        {state === "held" ? (
          <Empty icon="check" title={t("referrals.emptyReview")} hint={t("referrals.emptyReviewHint")} />
        ) : (
          <Empty icon="share" title={t("referrals.emptyList")} />
        )}
      </Card>
    );
  }
  return (
    <Card flush>
      <div className={table.scroll}>
        <table className={table.table} data-stacks>
          <thead>
            <tr>
              <th scope="col">{t("referrals.referee")}</th>
              <th scope="col">{t("referrals.referrer")}</th>
              <th scope="col">{t("referrals.where")}</th>
              <th scope="col">{t(state === "held" ? "referrals.evidence" : "referrals.state")}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {data.referrals.map((one) => (
              <Row
                key={one.referral_id}
                referral={one}
                onDecide={(approve) => setDeciding({ referral: one, approve })}
              />
            ))}
          </tbody>
        </table>
      </div>
      {deciding !== null && <DecideModal {...deciding} onClose={() => setDeciding(null)} />}
    </Card>
  );
}

function Person({ person }: { person: { customer_id: string; name: string } }): ReactElement {
  return (
    <Link to="/customers/$customerId" params={{ customerId: person.customer_id }} search={{}}>
      {person.name === "" ? person.customer_id.slice(-8) : person.name}
    </Link>
  );
}

function Row({ referral, onDecide }: { referral: ReferralShown; onDecide: (approve: boolean) => void }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const mayReview = useMay()("referrals.review");
  return (
    <tr>
      <th scope="row">
        <Person person={referral.referee} />
      </th>
      <td data-label={t("referrals.referrer")}>
        <div>
          <Person person={referral.referrer} />
          <div className="enishi-figure">{referral.code}</div>
        </div>
      </td>
      <td data-label={t("referrals.where")}>
        <div>
          {formatDateTime(referral.claimed_at, locale)}
          <div>
            {t(`common:channel.${referral.channel as "pos" | "ec" | "app" | "line"}`)}
            {referral.store !== null && ` · ${referral.store.name}`}
            {referral.terminal !== "" && ` · ${referral.terminal}`}
          </div>
        </div>
      </td>
      <td data-label={t("referrals.state")}>
        <div>
          <strong>{t(`referrals.states.${referral.state}`)}</strong>
          {referral.referrer_points + referral.referee_points > 0 &&
            ` ${formatPoints(referral.referrer_points)} ＋ ${formatPoints(referral.referee_points)}`}
          {referral.capped && <div>{t("referrals.capped")}</div>}
          {referral.findings.map((finding) => (
            <div key={finding.rule + finding.reason}>
              {finding.reason}{" "}
              {finding.others.map((other) => (
                <span key={other.customer_id} className={styles.chip}>
                  <Person person={other} />
                </span>
              ))}
            </div>
          ))}
          {referral.decided_by !== null && (
            <div>{t("referrals.decided", { who: referral.decided_by, note: referral.decision_note })}</div>
          )}
        </div>
      </td>
      <td>
        {referral.state === "held" && mayReview && (
          <div className={styles.buttons}>
            <Button size="xs" onClick={() => onDecide(true)}>
              {t("referrals.approve")}
            </Button>
            <Button size="xs" variant="default" onClick={() => onDecide(false)}>
              {t("referrals.reject")}
            </Button>
          </div>
        )}
      </td>
    </tr>
  );
}

function DecideModal({
  referral,
  approve,
  onClose,
}: {
  referral: ReferralShown;
  approve: boolean;
  onClose: () => void;
}): ReactElement {
  const { t } = useTexts();
  const [note, setNote] = useState("");
  const decide = useDecide(referral.referral_id);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(approve ? "referrals.approveTitle" : "referrals.rejectTitle")}
      closeButtonProps={{ "aria-label": t("common:close") }}
    >
      <Stack gap="md">
        <p>{t(approve ? "referrals.approveLead" : "referrals.rejectLead")}</p>
        <Textarea
          label={t("referrals.note")}
          required
          maxLength={500}
          autosize
          minRows={2}
          data-autofocus
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
        />
        {decide.isError && (
          <Alert color="red">
            {t("referrals.failed")} {asProblem(decide.error).message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("referrals.cancel")}
          </Button>
          <Button
            color={approve ? undefined : "red"}
            disabled={note.trim() === ""}
            loading={decide.isPending}
            onClick={() => decide.mutate({ approve, note: note.trim() }, { onSuccess: onClose })}
          >
            {t(approve ? "referrals.approve" : "referrals.reject")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Programme({ page }: { page: Page }): ReactElement {
  const { t } = useTexts();
  const mayPublish = useMay()("referrals.publish");
  const [editing, setEditing] = useState(false);
  const newest = page.versions[0];
  const live = page.versions.find(({ state }) => state === "live");
  const edit = mayPublish && (
    <Button onClick={() => setEditing(true)}>{t(newest === undefined ? "referrals.publish" : "referrals.edit")}</Button>
  );
  return (
    <div className={styles.columns}>
      <Card title={t("referrals.title")} actions={edit}>
        {live === undefined ? (
          <Empty icon="share" title={t("referrals.none")} hint={t("referrals.noneHint")} />
        ) : (
          <ul>
            {live.sentences.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
      </Card>
      {page.versions.length > 0 && (
        <Card title={t("benefits.tabs.history")}>
          <History versions={page.versions} />
        </Card>
      )}
      {editing && <SettingsModal settings={newest?.settings ?? null} onClose={() => setEditing(false)} />}
    </div>
  );
}
