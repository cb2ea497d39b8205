// Beside the forms: the check, which follows them, and saving.
import type { Draft, DraftCheck } from "@enishi/api/types.ts";
import { Button, Group, Textarea } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactElement, useState } from "react";
import { Card } from "../../shell/page.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./drafts.module.css";
import type { Written } from "./edit.tsx";
import { Changes, Dangers, Meaning, Problems, Refused } from "./parts.tsx";
import { useEditDraft } from "./queries.ts";

interface SideProps {
  draft: Draft;
  written: Written;
  check: DraftCheck | undefined;
  error: unknown;
}

export function Side({ draft, written, check, error }: SideProps): ReactElement {
  const { t } = useTexts();
  return (
    <div className={styles.side}>
      <Card title={t("drafts.form.check")}>
        <div className={styles.lines} aria-live="polite">
          {check === undefined && error === null && <p>{t("drafts.form.checking")}</p>}
          <Refused error={error} />
          {check !== undefined && (
            <>
              {check.problems.length > 0 ? (
                <Problems problems={check.problems} />
              ) : (
                <p className={styles.quiet}>{t("drafts.noProblems")}</p>
              )}
              {check.dangers.length > 0 && (
                <>
                  <h3 className={styles.small}>{t("drafts.dangers")}</h3>
                  <Dangers dangers={check.dangers} />
                </>
              )}
              <h3 className={styles.small}>{t("drafts.changes")}</h3>
              <Changes changes={check.changes} />
              {check.sentences.length > 0 && (
                <>
                  <h3 className={styles.small}>{t("drafts.sentences")}</h3>
                  <Meaning check={check} />
                </>
              )}
            </>
          )}
        </div>
      </Card>
      <Save draft={draft} written={written} />
    </div>
  );
}

function Save({ draft, written }: Pick<SideProps, "draft" | "written">): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate();
  const [reason, setReason] = useState("");
  const save = useEditDraft(draft.draft);
  const params = { draft: String(draft.draft) };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate(
      {
        title: written.title.trim(),
        document: written.document,
        take_campaigns: written.take,
        effective_at: written.effective,
        reason: reason.trim(),
        expected: draft.latest_change,
      },
      { onSuccess: () => void navigate({ to: "/drafts/$draft", params }) },
    );
  };
  return (
    <Card>
      <form onSubmit={submit} className={styles.lines}>
        <Textarea
          label={t("drafts.saveReason")}
          description={t("drafts.reasonHint")}
          required
          maxLength={500}
          autosize
          minRows={2}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        <Refused error={save.error} />
        <Group justify="flex-end">
          <Button variant="default" renderRoot={(props) => <Link to="/drafts/$draft" params={params} {...props} />}>
            {t("drafts.cancel")}
          </Button>
          <Button type="submit" disabled={reason.trim() === "" || written.title.trim() === ""} loading={save.isPending}>
            {t("drafts.save")}
          </Button>
        </Group>
      </form>
    </Card>
  );
}
