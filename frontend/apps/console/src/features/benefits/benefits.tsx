// What each rank brings besides points: worked on as a draft, looked at before it is published, and never changed after.
import type { BenefitSetting, BenefitSettings, BenefitsPage as Page, BenefitsPreview } from "@enishi/api/types.ts";
import { formatCount, formatRelative } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon, type IconName } from "@enishi/ui/icons.tsx";
import { Alert, Button, Tabs } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { ListSkeleton } from "../../shell/list.tsx";
import { Card, PageHead } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { Empty, Failed } from "../../shell/states.tsx";
import { useTexts } from "../../shell/texts.ts";
import styles from "./benefits.module.css";
import { EditModal } from "./edit.tsx";
import { Gives } from "./gives.tsx";
import { Changes, History } from "./history.tsx";
import { Moves } from "./moves.tsx";
import { PublishModal } from "./publish.tsx";
import { useBenefits, useDiscardDraft, usePreview, useSaveDraft } from "./queries.ts";

export const KIND_ICONS: Record<BenefitSetting["kind"], IconName> = {
  free_shipping: "cart",
  special_item: "receipt",
  early_access: "clock",
  priority_support: "phone",
  gift: "gift",
};

export function BenefitsPage(): ReactElement {
  const { t } = useTexts();
  const { data, error, isError, refetch } = useBenefits();
  return (
    <>
      <PageHead title={t("benefits.title")} meta={t("benefits.lead")} />
      {data === undefined && (
        <Card flush>{isError ? <Failed error={error} onRetry={() => void refetch()} /> : <ListSkeleton />}</Card>
      )}
      {data !== undefined && (
        <Tabs defaultValue="benefits" keepMounted={false}>
          <Tabs.List className={styles.tabs}>
            <Tabs.Tab value="benefits">{t("benefits.tabs.benefits")}</Tabs.Tab>
            <Tabs.Tab value="gives">{t("benefits.tabs.gives")}</Tabs.Tab>
            <Tabs.Tab value="history">{t("benefits.tabs.history")}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="benefits">
            <Work key={`${data.versions.length}-${data.draft?.saved_at ?? ""}`} page={data} />
          </Tabs.Panel>
          <Tabs.Panel value="gives">
            <Gives />
          </Tabs.Panel>
          <Tabs.Panel value="history">
            <Card title={t("benefits.tabs.history")}>
              <History versions={data.versions} />
            </Card>
          </Tabs.Panel>
        </Tabs>
      )}
    </>
  );
}

const NOTHING: BenefitSettings = { benefits: [], undo_minutes: 15 };

/** The draft, or what is live: every change stays here until it is saved or published. */
function Work({ page }: { page: Page }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  const mayPublish = useMay()("benefits.publish");
  const live = page.versions.find(({ state }) => state === "live");
  const newest = page.versions[0];
  const [settings, setSettings] = useState(page.draft?.settings ?? newest?.settings ?? NOTHING);
  const [edited, setEdited] = useState<number | "new" | null>(null);
  const [publishing, setPublishing] = useState(false);
  const save = useSaveDraft();
  const discard = useDiscardDraft();
  const { data: preview } = usePreview(settings);
  const replace = (benefits: BenefitSetting[]): void => setSettings({ ...settings, benefits });
  const put = (one: BenefitSetting): void =>
    replace(edited === "new" ? [...settings.benefits, one] : settings.benefits.map((old, at) => (at === edited ? one : old)));
  const up = (at: number): void => {
    const moved = [...settings.benefits];
    moved.splice(at - 1, 2, ...moved.slice(at - 1, at + 1).reverse());
    replace(moved);
  };
  const isDirty = settings !== (page.draft?.settings ?? newest?.settings ?? NOTHING);
  return (
    <div className={styles.columns}>
      <div>
        <div className={styles.bar}>
          <p>
            {page.draft !== null
              ? `${t("benefits.draft")} · ${t("benefits.draftSaved", { who: page.draft.saved_by, when: formatRelative(page.draft.saved_at, locale) })}`
              : live !== undefined && `${t("benefits.live")} · ${t("benefits.version", { n: live.version })}`}
          </p>
          {mayPublish && (
            <div className={styles.buttons}>
              {page.draft !== null && (
                <Button variant="subtle" loading={discard.isPending} onClick={() => discard.mutate(null)}>
                  {t("benefits.discard")}
                </Button>
              )}
              <Button variant="default" disabled={!isDirty} loading={save.isPending} onClick={() => save.mutate(settings)}>
                {t("benefits.saveDraft")}
              </Button>
              <Button variant="default" onClick={() => setEdited("new")}>
                {t("benefits.add")}
              </Button>
              <Button
                disabled={preview === undefined || preview.problems.length > 0 || preview.changes.length === 0}
                onClick={() => setPublishing(true)}
              >
                {t("benefits.publish")}
              </Button>
            </div>
          )}
        </div>
        {page.tiers.length === 0 && <Alert color="yellow" mb="md">{t("benefits.noLadder")}</Alert>}
        {preview !== undefined && preview.problems.length > 0 && (
          <Alert color="red" title={t("benefits.problems")} mb="md">
            <ul className={styles.problems}>
              {preview.problems.map(({ field, detail, remedy }) => (
                <li key={`${field}-${detail}`}>
                  <code>{field}</code> {detail} {remedy}
                </li>
              ))}
            </ul>
          </Alert>
        )}
        {settings.benefits.length === 0 ? (
          <Card>
            <Empty icon="gift" title={t("benefits.none")} hint={t("benefits.noneHint")} />
          </Card>
        ) : (
          <ol className={styles.list}>
            {settings.benefits.map((one, at) => (
              <Row
                key={one.code}
                benefit={one}
                holder={preview?.holders.find(({ code }) => code === one.code)}
                actions={
                  mayPublish && (
                    <>
                      {at > 0 && (
                        <Button size="xs" variant="subtle" aria-label={t("benefits.up", { name: nameOf(one, locale) })} onClick={() => up(at)}>
                          ↑
                        </Button>
                      )}
                      <Button size="xs" variant="default" onClick={() => setEdited(at)}>
                        {t("benefits.edit")}
                      </Button>
                      <Button
                        size="xs"
                        variant="subtle"
                        color="red"
                        onClick={() => replace(settings.benefits.filter((_, other) => other !== at))}
                      >
                        {t("benefits.remove")}
                      </Button>
                    </>
                  )
                }
              />
            ))}
          </ol>
        )}
      </div>
      {page.tiers.length > 0 && settings.benefits.length > 0 && preview !== undefined && (
        <Card title={t("benefits.preview")} note={t("benefits.previewHint")}>
          <Matrix benefits={settings.benefits} preview={preview} />
          <Moves preview={preview} />
        </Card>
      )}
      {preview !== undefined && preview.changes.length > 0 && page.versions.length > 0 && (
        <Card title={t("benefits.changes")}>
          <Changes changes={preview.changes} />
        </Card>
      )}
      {edited !== null && (
        <EditModal
          page={page}
          benefit={edited === "new" ? null : (settings.benefits[edited] ?? null)}
          taken={settings.benefits.map(({ code }) => code)}
          onClose={() => setEdited(null)}
          onApply={(one) => {
            put(one);
            setEdited(null);
          }}
        />
      )}
      {publishing && preview !== undefined && (
        <PublishModal settings={settings} preview={preview} onClose={() => setPublishing(false)} />
      )}
    </div>
  );
}

export function nameOf(one: { name_ja: string; name_en: string }, locale: string): string {
  return locale === "ja" ? one.name_ja : one.name_en;
}

type Holder = { code: string; who: string; often: string; tiers: string[] };

function Row({ benefit, holder, actions }: { benefit: BenefitSetting; holder: Holder | undefined; actions: ReactElement | false }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <li className={styles.benefit}>
      <span className={styles.icon}>
        <Icon name={KIND_ICONS[benefit.kind]} size={20} />
      </span>
      <div>
        <h3>{nameOf(benefit, locale)}</h3>
        <p>{locale === "ja" ? benefit.note_ja : benefit.note_en}</p>
        <div className={styles.facts}>
          <span className={styles.chip}>{t(`benefits.kinds.${benefit.kind}`)}</span>
          {holder !== undefined && (
            <span className={styles.chip} data-has="true">
              {holder.who}
            </span>
          )}
          {holder !== undefined && holder.often !== "" && <span className={styles.chip}>{holder.often}</span>}
          {benefit.channels.map((channel) => (
            <span key={channel} className={styles.chip}>
              {t(`common:channel.${channel}`)}
            </span>
          ))}
        </div>
      </div>
      {actions !== false && <div className={styles.buttons}>{actions}</div>}
    </li>
  );
}

function Matrix({ benefits, preview }: { benefits: BenefitSetting[]; preview: BenefitsPreview }): ReactElement {
  const { t } = useTexts();
  const [locale] = useLocale();
  return (
    <div className={styles.matrix}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("benefits.title")}</th>
            {preview.tiers.map((tier) => (
              <th key={tier.code} scope="col">
                {tier.name}
                <br />
                <span className="enishi-figure">{t("benefits.people", { n: formatCount(tier.members) })}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {benefits.map((one) => {
            const tiers = preview.holders.find(({ code }) => code === one.code)?.tiers ?? [];
            return (
              <tr key={one.code}>
                <th scope="row">{nameOf(one, locale)}</th>
                {preview.tiers.map(({ code }) => (
                  <td key={code}>
                    {tiers.includes(code) ? (
                      <>
                        <Icon name="check" size={18} />
                        <span className="enishi-visually-hidden">{t("benefits.has")}</span>
                      </>
                    ) : (
                      <span aria-label={t("benefits.hasNot")}>–</span>
                    )}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
