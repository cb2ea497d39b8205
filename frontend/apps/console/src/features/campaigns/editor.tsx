// Writing a campaign: a form in the order in which people think of one, with the check beside it and a trial below.
import type { Campaign, CampaignChoices, CampaignRules } from "@enishi/api/types.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Alert, Button, Group, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type FormEvent, type ReactElement, useState } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import { Card, PageHead } from "../../shell/page.tsx";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./editor.module.css";
import listStyles from "./campaigns.module.css";
import { Section } from "./fields.tsx";
import { Ceilings, PremiumLaw, Stacking } from "./limits.tsx";
import { Premiums, Problems } from "./parts.tsx";
import { Refused } from "./problems.tsx";
import { useCampaign, useCampaigns, useCheck, useChoices, useSaveDraft } from "./queries.ts";
import { BLANK, type Conditions, isComplete } from "./rules.ts";
import { Simulator } from "./simulator.tsx";
import { HowMuch, What } from "./what-much.tsx";
import { When, Who } from "./when-who.tsx";

const CHECK_AFTER_MS = 400;

export function NewCampaignPage(): ReactElement {
  const choices = useChoices();
  if (choices.data === undefined) return <Waiting {...choices} />;
  return <Editor campaign={null} choices={choices.data} />;
}

export function EditCampaignPage(): ReactElement {
  const { code } = useParams({ from: "/signed-in/campaigns/$code/edit" });
  const choices = useChoices();
  const campaign = useCampaign(code);
  if (choices.data === undefined) return <Waiting {...choices} />;
  if (campaign.data === undefined) return <Waiting {...campaign} />;
  return <Editor campaign={campaign.data} choices={choices.data} />;
}

function Waiting({ isError, error, refetch }: { isError: boolean; error: unknown; refetch: () => unknown }): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <PageHead title={t("campaigns.title")} />
      <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>
    </>
  );
}

interface EditorProps {
  campaign: Campaign | null;
  choices: CampaignChoices;
}

function Editor({ campaign, choices }: EditorProps): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  // What is edited is what the page was opened with; a change by somebody else meanwhile is refused when it is saved.
  const [opened] = useState(campaign);
  const before = opened === null ? null : (opened.draft ?? opened.current).rules;
  const [rules, setRules] = useState<CampaignRules>(before ?? BLANK);
  const [code, setCode] = useState(opened?.code ?? "");
  const set = (part: Partial<CampaignRules>): void => setRules((now) => ({ ...now, ...part }));
  const when = (part: Partial<Conditions>): void => set({ conditions: { ...rules.conditions, ...part } });
  const others = useCampaigns().data?.campaigns.map((one) => one.code).filter((one) => one !== code) ?? [];
  const part = { rules, set };
  const conditions = { ...part, when, choices };
  const title =
    before === null
      ? t("campaignEditor.newTitle")
      : t("campaignEditor.editTitle", { name: locale === "ja" ? before.name_ja : before.name_en });
  return (
    <>
      <PageHead title={title} meta={<Link to="/campaigns">{t("campaigns.back")}</Link>} />
      <div className={styles.columns}>
        <div className={styles.form}>
          <Section title={t("campaignEditor.sections.name")}>
            <TextInput
              label={t("campaignEditor.nameJa")}
              required
              maxLength={100}
              value={rules.name_ja}
              onChange={({ currentTarget }) => set({ name_ja: currentTarget.value })}
            />
            <TextInput
              label={t("campaignEditor.nameEn")}
              required
              maxLength={100}
              value={rules.name_en}
              onChange={({ currentTarget }) => set({ name_en: currentTarget.value })}
            />
            <TextInput
              label={t("campaignEditor.code")}
              description={t("campaignEditor.codeHint")}
              required
              disabled={opened !== null}
              maxLength={64}
              value={code}
              onChange={({ currentTarget }) => setCode(currentTarget.value.toLowerCase())}
            />
            <Textarea
              label={t("campaignEditor.note")}
              autosize
              maxLength={2_000}
              value={rules.note}
              onChange={({ currentTarget }) => set({ note: currentTarget.value })}
            />
          </Section>
          <When {...conditions} />
          <Who {...conditions} />
          {rules.trigger === "purchase" && <What {...conditions} />}
          <HowMuch {...part} />
          <Stacking {...part} others={others} />
          <Ceilings {...part} choices={choices} />
          <PremiumLaw {...part} />
        </div>
        <Side code={code} rules={rules} expected={opened?.latest_change ?? null} />
      </div>
      {rules.trigger === "purchase" && (
        <Simulator draft={isComplete(rules) && isCode(code) ? { code, rules } : null} stores={choices.stores} />
      )}
    </>
  );
}

function isCode(code: string): boolean {
  return /^[a-z0-9][a-z0-9-]*$/.test(code);
}

interface SideProps {
  code: string;
  rules: CampaignRules;
  expected: number | null;
}

/** The check, which follows the form, and saving. */
function Side({ code, rules, expected }: SideProps): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate();
  const [settled] = useDebouncedValue(rules, CHECK_AFTER_MS);
  const [reason, setReason] = useState("");
  const complete = isComplete(rules) && isCode(code);
  const { data: check, error } = useCheck(code, settled, isComplete(settled) && isCode(code));
  const save = useSaveDraft();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate(
      { code, rules, reason: reason.trim(), expected },
      { onSuccess: () => void navigate({ to: "/campaigns/$code", params: { code } }) },
    );
  };
  return (
    <div className={styles.side}>
      <Card title={t("campaignEditor.check")}>
        {!complete && <p className={listStyles.quiet}>{t("campaignEditor.incomplete")}</p>}
        {complete && check === undefined && error === null && <p>{t("campaignEditor.checking")}</p>}
        {complete && <Refused error={error} />}
        {complete && check !== undefined && (
          <div className={styles.lines} aria-live="polite">
            {check.problems.length > 0 ? (
              <Alert color="red" title={t("campaigns.problems")}>
                <Problems problems={check.problems} />
              </Alert>
            ) : (
              <p>{t("campaigns.noProblems")}</p>
            )}
            <h3 className={styles.heading}>{t("campaignEditor.meaning")}</h3>
            <ul className={listStyles.sentences}>
              {check.description.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
            <h3 className={styles.heading}>{t("campaigns.premium")}</h3>
            <Premiums premiums={check.premiums} />
          </div>
        )}
      </Card>
      <Card>
        <form onSubmit={submit} className={styles.lines}>
          <Textarea
            label={t("campaignEditor.saveReason")}
            description={t("campaigns.reasonHint")}
            required
            maxLength={500}
            autosize
            minRows={2}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <Refused error={save.error} />
          <Group justify="flex-end">
            <Button
              variant="default"
              onClick={() =>
                void (expected === null
                  ? navigate({ to: "/campaigns" })
                  : navigate({ to: "/campaigns/$code", params: { code } }))
              }
            >
              {t("campaignEditor.discard")}
            </Button>
            <Button type="submit" disabled={!complete || reason.trim() === ""} loading={save.isPending}>
              {t("campaignEditor.save")}
            </Button>
          </Group>
        </form>
      </Card>
    </div>
  );
}
