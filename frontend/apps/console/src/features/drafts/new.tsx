// Beginning a draft: what it is about, and a copy of what is in force to begin with, or a file.
import type { DraftChoices, DraftToCreate } from "@enishi/api/types.ts";
import { Button, Checkbox, FileInput, Group, MultiSelect, Stack, TextInput, Textarea } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, type ReactElement, useState } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import { Card, PageHead } from "../../shell/page.tsx";
import { Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./drafts.module.css";
import { fromField } from "./instants.ts";
import { Refused } from "./parts.tsx";
import { type Part, PARTS, useCreateDraft, useDraftChoices } from "./queries.ts";

export function NewDraftPage(): ReactElement {
  const { t } = useTexts();
  const { data, error, isError, refetch } = useDraftChoices();
  return (
    <>
      <PageHead
        title={t("drafts.newTitle")}
        meta={
          <>
            <Link to="/drafts">{t("drafts.back")}</Link> <span>{t("drafts.newLead")}</span>
          </>
        }
      />
      <Card>
        {data === undefined && (isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />)}
        {data !== undefined && <Form choices={data} />}
      </Card>
    </>
  );
}

function Form({ choices }: { choices: DraftChoices }): ReactElement {
  const { t } = useTexts();
  const navigate = useNavigate();
  const search = useSearch({ from: "/signed-in/drafts/new" });
  const [title, setTitle] = useState("");
  const [parts, setParts] = useState<Part[]>(search.part === undefined ? [] : [search.part]);
  const [campaigns, setCampaigns] = useState<string[]>(search.campaign === undefined ? [] : [search.campaign]);
  const [file, setFile] = useState<File | null>(null);
  const [effective, setEffective] = useState("");
  const [reason, setReason] = useState("");
  const create = useCreateDraft();
  const chosen = file !== null || parts.length > 0 || campaigns.length > 0;
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const body: DraftToCreate = {
      title: title.trim(),
      parts: file === null ? parts : [],
      campaigns: file === null ? campaigns : [],
      yaml: file === null ? null : await file.text(),
      effective_at: fromField(effective),
      reason: reason.trim(),
    };
    create.mutate(body, {
      onSuccess: ({ draft }) =>
        void navigate({
          to: file === null ? "/drafts/$draft/edit" : "/drafts/$draft",
          params: { draft: String(draft) },
        }),
    });
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="lg" className={styles.narrow}>
        <TextInput
          label={t("drafts.titleField")}
          description={t("drafts.titleHint")}
          required
          maxLength={100}
          data-autofocus
          value={title}
          onChange={({ currentTarget }) => setTitle(currentTarget.value)}
        />
        <WhatToChange
          choices={choices}
          disabled={file !== null}
          parts={parts}
          onParts={setParts}
          campaigns={campaigns}
          onCampaigns={setCampaigns}
        />
        <FileInput
          label={t("drafts.fromFile")}
          description={t("drafts.fromFileHint")}
          accept=".yaml,.yml,.json"
          clearable
          value={file}
          onChange={setFile}
        />
        <TextInput
          type="datetime-local"
          label={t("drafts.effective")}
          description={t("drafts.effectiveHint")}
          value={effective}
          onChange={({ currentTarget }) => setEffective(currentTarget.value)}
        />
        <Textarea
          label={t("drafts.reason")}
          description={t("drafts.reasonHint")}
          required
          maxLength={500}
          autosize
          minRows={2}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        <Refused error={create.error} />
        <Group justify="flex-end">
          <Button variant="default" component={Link} to="/drafts">
            {t("drafts.cancel")}
          </Button>
          <Button
            type="submit"
            disabled={title.trim() === "" || reason.trim() === "" || !chosen}
            loading={create.isPending}
          >
            {t("drafts.make")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface WhatProps {
  choices: DraftChoices;
  disabled: boolean;
  parts: Part[];
  onParts: (parts: Part[]) => void;
  campaigns: string[];
  onCampaigns: (campaigns: string[]) => void;
}

function WhatToChange({ choices, disabled, parts, onParts, campaigns, onCampaigns }: WhatProps): ReactElement {
  const { t } = useTexts();
  const missing: Record<Part, string | false> = {
    program: !choices.has_program && t("drafts.noProgram"),
    ladder: !choices.has_ladder && t("drafts.noLadder"),
  };
  return (
    <>
      <Checkbox.Group
        label={t("drafts.choose")}
        description={t("drafts.chooseHint")}
        value={parts}
        onChange={(chosen) => onParts(PARTS.filter((part) => chosen.includes(part)))}
      >
        <Group mt="xs" gap="lg">
          {PARTS.map((part) => (
            <Checkbox
              key={part}
              value={part}
              disabled={disabled}
              label={t(`drafts.partNames.${part}`)}
              description={missing[part] === false ? undefined : missing[part]}
            />
          ))}
        </Group>
      </Checkbox.Group>
      {choices.campaigns.length > 0 && (
        <MultiSelect
          label={t("drafts.chooseCampaigns")}
          description={t("drafts.chooseCampaignsHint")}
          searchable
          clearable
          disabled={disabled}
          data={choices.campaigns.map(({ code, name, has_draft }) => ({
            value: code,
            label: has_draft ? `${name}（${t("drafts.hasDraft")}）` : name,
          }))}
          value={campaigns}
          onChange={onCampaigns}
        />
      )}
    </>
  );
}
