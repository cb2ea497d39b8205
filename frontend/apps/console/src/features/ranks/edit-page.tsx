// Writing a ladder: the form, what it means and what is wrong beside it, and publishing.
import { asProblem } from "@enishi/api/client.ts";
import type { RanksPage } from "@enishi/api/types.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Alert, Button } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import { Card, PageHead } from "../../shell/page.tsx";
import { useMayOpen } from "../../shell/session.ts";
import { Failed, NotFound, useProblemText } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import { DesignButton } from "./design-button.tsx";
import { useProblemWords } from "./form-parts.tsx";
import { checkLadder } from "./ladder-checks.ts";
import { LadderForm } from "./ladder-form.tsx";
import { type Ladder, ladderFrom, type LadderProblem } from "./ladder.ts";
import { PublishModal } from "./publish-modal.tsx";
import { useLadderPreview, useRanks, useTemplates } from "./queries.ts";
import styles from "./ranks.module.css";
import { Changes } from "./versions.tsx";

const CHECK_AFTER_MS = 400;
const NO_PROBLEMS: LadderProblem[] = [];

export function EditLadderPage(): ReactElement {
  const { t } = useTexts();
  const mayPublish = useMayOpen()({ permission: "ranks.publish", everywhere: true });
  const { data, error, isError, refetch } = useRanks();
  const [begun, setBegun] = useState<Ladder | null>(null);
  if (!mayPublish) return <NotFound />;
  const newest = data?.versions[0];
  return (
    <>
      <nav className={styles.trail}>
        <Link to="/ranks">
          <Icon name="chevronLeft" size={15} />
          {t("ranks.back")}
        </Link>
      </nav>
      {data === undefined && (
        <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>
      )}
      {data !== undefined && newest === undefined && begun === null && <Start onBegin={setBegun} />}
      {data !== undefined && (newest !== undefined || begun !== null) && (
        <Editor page={data} start={begun ?? ladderFrom(newest?.ladder)} />
      )}
    </>
  );
}

/** Templates to begin with, each in its own words. */
function Start({ onBegin }: { onBegin: (ladder: Ladder) => void }): ReactElement {
  const { t } = useTexts();
  const { data, error, isError, refetch } = useTemplates();
  const blank = ladderFrom({
    name: t("ranks.title"),
    tiers: [{ code: "member", name_ja: "一般", name_en: "Member", colour: "#8A9099" }],
  });
  return (
    <>
      <PageHead title={t("ranks.create")} meta={t("ranks.startHint")} />
      {data === undefined && (
        <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>
      )}
      <div className={styles.templates}>
        {data?.map(({ name, ladder, sentences }) => (
          <Card key={name} title={t(`ranks.templates.${name}`)} note={t(`ranks.templateHints.${name}`)}>
            <ul className={styles.sentences}>
              {sentences.slice(0, ladder.tiers.length).map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
            <Button mt="md" onClick={() => onBegin(ladderFrom(ladder))} aria-label={`${t(`ranks.templates.${name}`)}: ${t("ranks.use")}`}>
              {t("ranks.use")}
            </Button>
          </Card>
        ))}
        {data !== undefined && (
          <Card title={t("ranks.startBlank")} note={t("ranks.startBlankHint")}>
            <Button variant="default" onClick={() => onBegin(blank)} aria-label={`${t("ranks.startBlank")}: ${t("ranks.use")}`}>
              {t("ranks.use")}
            </Button>
          </Card>
        )}
      </div>
    </>
  );
}

function Editor({ page, start }: { page: RanksPage; start: Ladder }): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate();
  // What is edited is what the page was opened with, whatever is published meanwhile.
  const [ladder, setLadder] = useState(start);
  const [taken, setTaken] = useState(false);
  const [publishing, publish] = useDisclosure(false);
  const newest = page.versions[0];
  const [settled] = useDebouncedValue(ladder, CHECK_AFTER_MS);
  const incomplete = checkLadder(ladder).length;
  const preview = useLadderPreview(settled, checkLadder(settled).length === 0);
  const checked = incomplete === 0 && settled === ladder && !preview.isPlaceholderData ? preview.data : undefined;
  const refused = preview.isError ? asProblem(preview.error) : null;
  // A refusal of the shape names one field; what the rules find wrong comes all at once.
  const problems: LadderProblem[] =
    refused?.status === 422 && refused.field !== null
      ? [{ field: refused.field, detail: refused.message, remedy: refused.remedy ?? "" }]
      : (preview.data?.problems ?? NO_PROBLEMS);
  const isSame = newest !== undefined && checked !== undefined && checked.changes.length === 0;
  return (
    <>
      <PageHead
        title={t("ranks.editTitle")}
        meta={newest === undefined ? t("ranks.basedOnTemplate") : t("ranks.basedOn", { n: newest.version })}
        actions={
          <DesignButton
            ladder={ladder}
            onTake={(changed) => {
              setLadder(changed);
              setTaken(true);
            }}
          />
        }
      />
      {taken && (
        <Alert color="blue" mb="md" withCloseButton closeButtonLabel={t("common:close")} onClose={() => setTaken(false)} role="status">
          {t("design.taken")}
        </Alert>
      )}
      <div className={styles.columns}>
        <LadderForm ladder={ladder} onChange={setLadder} problems={problems} />
        <aside className={styles.side}>
          <Card title={t("ranks.check")}>
            <div className={styles.check} aria-live="polite">
              <Verdict ladder={ladder} incomplete={incomplete} problems={problems} error={preview.error} checked={checked !== undefined} same={isSame} />
              {checked !== undefined && checked.problems.length === 0 && newest !== undefined && !isSame && (
                <>
                  <h3>{t("ranks.changes", { n: checked.changes.length })}</h3>
                  <Changes changes={checked.changes} />
                </>
              )}
              {checked !== undefined && checked.sentences.length > 0 && (
                <>
                  <h3>{t("ranks.reads")}</h3>
                  <ul className={styles.sentences}>
                    {checked.sentences.map((sentence) => (
                      <li key={sentence}>{sentence}</li>
                    ))}
                  </ul>
                </>
              )}
            </div>
            <div className={styles.deeds}>
              <Button variant="default" onClick={() => void navigate({ to: "/ranks" })}>
                {t("ranks.discard")}
              </Button>
              <Button disabled={checked === undefined || checked.problems.length > 0 || isSame} onClick={publish.open}>
                {t("ranks.publish")}
              </Button>
            </div>
          </Card>
        </aside>
      </div>
      {publishing && checked !== undefined && (
        <PublishModal ladder={ladder} preview={checked} number={(newest?.version ?? 0) + 1} onClose={publish.close} />
      )}
    </>
  );
}

interface VerdictProps {
  ladder: Ladder;
  incomplete: number;
  problems: readonly LadderProblem[];
  error: unknown;
  checked: boolean;
  same: boolean;
}

function Verdict({ ladder, incomplete, problems, error, checked, same }: VerdictProps): ReactElement {
  const { t } = useTexts();
  const words = useProblemWords();
  const problemText = useProblemText();
  const [locale] = useLocale();
  if (incomplete > 0) return <Alert color="yellow">{t("ranks.incomplete")}</Alert>;
  if (problems.length > 0) {
    return (
      <Alert color="red" title={t("ranks.problems", { n: problems.length })}>
        <ul className={styles.problems}>
          {problems.map((one) => (
            <li key={`${one.field}-${one.detail}`}>
              <strong>{tierOf(one.field, ladder, locale) ?? t(partOf(one.field))}</strong> {words(one)}
            </li>
          ))}
        </ul>
      </Alert>
    );
  }
  if (error !== null) return <Alert color="red">{problemText(asProblem(error))}</Alert>;
  if (!checked) return <p className={styles.quiet}>{t("ranks.checking")}</p>;
  return <p className={styles.good}>{t(same ? "ranks.same" : "ranks.ready")}</p>;
}

/** The name of the tier that a field is of. */
function tierOf(field: string, ladder: Ladder, locale: "ja" | "en"): string | null {
  const level = /^tiers\[(\d+)\]/.exec(field)?.[1];
  const tier = level === undefined ? undefined : ladder.tiers[Number(level)];
  return tier === undefined ? null : locale === "ja" ? tier.name_ja : tier.name_en;
}

function partOf(field: string): "ladder.groups" | "ladder.policies" | "ranks.otherProblems" {
  if (field.startsWith("store_groups")) return "ladder.groups";
  return field.startsWith("policies") ? "ladder.policies" : "ranks.otherProblems";
}
