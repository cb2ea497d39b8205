// Writing a draft: its parts in forms, and beside them what they change, what is wrong, and what purchases would earn.
import type { Draft, DraftCheck, DraftDocument } from "@enishi/api/types.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Button, MultiSelect, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Link, useParams } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import { Card, PageHead } from "../../shell/page.tsx";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { useRankChoices } from "../ranks/queries.ts";
import { DesignButton } from "../ranks/design-button.tsx";
import { LadderForm } from "../ranks/ladder-form.tsx";
import { type Ladder, ladderFrom } from "../ranks/ladder.ts";
import styles from "./drafts.module.css";
import { Fields } from "./fields.tsx";
import { fromField, toField } from "./instants.ts";
import { ProgramForm } from "./program-form.tsx";
import { useDraft, useDraftCheck, useDraftChoices } from "./queries.ts";
import { Side } from "./side.tsx";

const CHECK_AFTER_MS = 400;

export function EditDraftPage(): ReactElement {
  const { t } = useTexts();
  const { draft } = useParams({ from: "/signed-in/drafts/$draft/edit" });
  const { data, error, isError, refetch } = useDraft(Number(draft));
  if (data !== undefined) return <Editor draft={data} />;
  return (
    <>
      <PageHead title={t("drafts.title")} />
      <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>
    </>
  );
}

export interface Written {
  title: string;
  document: DraftDocument;
  take: string[];
  effective: string | null;
}

function Editor({ draft }: { draft: Draft }): ReactElement {
  const { t } = useTexts();
  // What is edited is what the page was opened with; a change by somebody else meanwhile is refused when it is saved.
  const [opened] = useState(draft);
  const [written, setWritten] = useState<Written>({
    title: opened.title,
    document: opened.document,
    take: [],
    effective: opened.effective_at,
  });
  const set = (part: Partial<Written>): void => setWritten((now) => ({ ...now, ...part }));
  const [settled] = useDebouncedValue(written, CHECK_AFTER_MS);
  const check = useDraftCheck(settled.document, settled.effective);
  return (
    <>
      <PageHead
        title={t("drafts.editTitle", { name: opened.title })}
        meta={
          <Link to="/drafts/$draft" params={{ draft: String(opened.draft) }}>
            {t("drafts.number", { n: opened.draft })} · {t("drafts.revision", { n: opened.revision })}
          </Link>
        }
      />
      <div className={styles.columns}>
        <div className={styles.form}>
          <Fields title={t("drafts.name")}>
            <TextInput
              label={t("drafts.titleField")}
              required
              maxLength={100}
              value={written.title}
              onChange={({ currentTarget }) => set({ title: currentTarget.value })}
            />
            <TextInput
              type="datetime-local"
              label={t("drafts.effective")}
              description={t("drafts.effectiveHint")}
              value={toField(written.effective)}
              onChange={({ currentTarget }) => set({ effective: fromField(currentTarget.value) })}
            />
          </Fields>
          <Parts written={written} set={set} check={check.data ?? opened.check} />
        </div>
        <Side draft={opened} written={written} check={check.data} error={check.error} />
      </div>
    </>
  );
}

interface PartsProps {
  written: Written;
  set: (part: Partial<Written>) => void;
  check: DraftCheck;
}

function Parts({ written, set, check }: PartsProps): ReactElement {
  const stores = useRankChoices().data?.stores ?? [];
  const { document } = written;
  const problems = check.problems.filter(({ section }) => section !== null);
  const setLadder = (ladder: Ladder): void => set({ document: { ...document, ladder: ladder as DraftDocument["ladder"] } });
  return (
    <>
      {document.program != null && (
        <ProgramForm
          settings={document.program}
          onChange={(program) => set({ document: { ...document, program } })}
          problems={problems}
          stores={stores}
        />
      )}
      {document.ladder != null && (
        <>
          <div>
            <DesignButton ladder={ladderFrom(document.ladder)} onTake={setLadder} />
          </div>
          <LadderForm
            ladder={ladderFrom(document.ladder)}
            onChange={setLadder}
            problems={problems.filter(({ section }) => section === "ladder")}
          />
        </>
      )}
      <Campaigns written={written} set={set} />
    </>
  );
}

function Campaigns({ written, set }: Omit<PartsProps, "check">): ReactElement | null {
  const { t } = useTexts();
  const [locale] = useLocale();
  const choices = useDraftChoices().data?.campaigns ?? [];
  const { document } = written;
  const held = Object.entries(document.campaigns ?? {});
  if (held.length === 0 && choices.length === 0) return null;
  const remove = (code: string): void => {
    const left = Object.fromEntries(held.filter(([one]) => one !== code));
    set({ document: { ...document, campaigns: Object.keys(left).length === 0 ? null : left } });
  };
  return (
    <Card title={t("drafts.form.campaigns")} note={t("drafts.form.campaignsHint")}>
      <div className={styles.lines}>
        {held.length > 0 && (
          <ul className={styles.campaigns}>
            {held.map(([code, rules]) => {
              const name = locale === "ja" ? rules.name_ja : rules.name_en;
              return (
                <li key={code}>
                  <span>
                    {name}{" "}
                    <Link to="/campaigns/$code" params={{ code }}>
                      {t("drafts.form.openCampaign")}
                    </Link>
                  </span>
                  <Button variant="subtle" color="red" size="compact-xs" onClick={() => remove(code)}>
                    {t("drafts.form.removeCampaign", { name })}
                  </Button>
                </li>
              );
            })}
          </ul>
        )}
        <MultiSelect
          label={t("drafts.form.addCampaigns")}
          description={t("drafts.form.addOnSave")}
          searchable
          clearable
          data={choices.map(({ code, name, has_draft }) => ({
            value: code,
            label: has_draft ? `${name}（${t("drafts.hasDraft")}）` : name,
          }))}
          value={written.take}
          onChange={(take) => set({ take })}
        />
      </div>
    </Card>
  );
}
