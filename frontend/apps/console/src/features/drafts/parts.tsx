// What the pages of drafts share: the chip of the state, what changes in words, dangers, problems, and refusals.
import { asProblem } from "@enishi/api/client.ts";
import type { DraftChange, DraftCheck, DraftDanger, DraftProblem } from "@enishi/api/types.ts";
import { formatYen, formatPoints } from "@enishi/i18n/format.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Alert, Checkbox } from "@mantine/core";
import type { ReactElement } from "react";
import { useProblemText } from "../../shell/states.tsx";
import chipStyles from "../../shell/state-chip.module.css";
import { useTexts } from "../../shell/texts.ts";
import styles from "./drafts.module.css";
import type { DraftState } from "./queries.ts";

export function StateChip({ state }: { state: DraftState }): ReactElement {
  const { t } = useTexts();
  return (
    <span className={chipStyles.chip} data-state={state}>
      {t(`drafts.states.${state}`)}
    </span>
  );
}

export function Refused({ error }: { error: unknown }): ReactElement | null {
  const { t, word } = useTexts();
  const general = useProblemText();
  if (error === null || error === undefined) return null;
  const problem = asProblem(error);
  const known = word("drafts.refusals", problem.code);
  const certain = problem.status > 0 && problem.status < 500;
  return (
    <Alert color="red" role="alert">
      {known === problem.code ? general(problem) : known} {certain && t("drafts.unchanged")}
    </Alert>
  );
}

/** Changes by part; each campaign is a part of its own. */
export function Changes({ changes }: { changes: DraftChange[] }): ReactElement {
  const { t } = useTexts();
  const groups = new Map<string, DraftChange[]>();
  for (const one of changes) {
    const key = `${one.section}/${one.subject}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  if (changes.length === 0) return <p className={styles.quiet}>{t("drafts.noChanges")}</p>;
  return (
    <div className={styles.groups}>
      {[...groups].map(([key, rows]) => (
        <section key={key}>
          <h3 className={styles.small}>{titleOf(rows[0], t)}</h3>
          <Table rows={rows} />
        </section>
      ))}
    </div>
  );
}

function titleOf(one: DraftChange | undefined, t: ReturnType<typeof useTexts>["t"]): string {
  if (one === undefined) return "";
  const part = t(`drafts.partNames.${one.section}`);
  return one.subject === "" ? part : `${part} ${one.name}`;
}

function Table({ rows }: { rows: DraftChange[] }): ReactElement {
  const { t } = useTexts();
  return (
    <table className={styles.changes}>
      <thead>
        <tr>
          <th scope="col">{t("drafts.field")}</th>
          <th scope="col">{t("drafts.before")}</th>
          <th scope="col">{t("drafts.after")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ field, label, before, after }) => (
          <tr key={field}>
            <th scope="row">{label === "" ? t("drafts.whole") : label}</th>
            <td>{before === null ? "—" : <del>{before}</del>}</td>
            <td>{after === null ? "—" : <ins>{after}</ins>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A problem in the page's own words where its kind has some, else in the server's. */
export function useProblemWords(): (problem: DraftProblem) => string {
  const { word } = useTexts();
  return ({ section, code, detail, remedy }) => {
    const known = section === "ladder" && code !== "" ? word("ladder.problems", code) : code;
    return known !== code && known !== "" ? known : `${detail} ${remedy}`.trim();
  };
}

export function Problems({ problems }: { problems: DraftProblem[] }): ReactElement {
  const { t } = useTexts();
  const words = useProblemWords();
  return (
    <Alert color="red" title={t("drafts.problems")}>
      <ul className={styles.problems}>
        {problems.map((one) => (
          <li key={`${one.field}-${one.detail}`}>
            {one.section !== null && (
              <strong>
                {[t(`drafts.partNames.${one.section}`), one.subject, one.label].filter((part) => part !== "").join(" › ")}
              </strong>
            )}{" "}
            {words(one)}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

interface DangersProps {
  dangers: DraftDanger[];
  /** With this, each is accepted by a box; without it they are only told. */
  accepted?: ReadonlySet<string>;
  onAccept?: (code: string, accepted: boolean) => void;
}

export function Dangers({ dangers, accepted, onAccept }: DangersProps): ReactElement {
  const { t } = useTexts();
  const codes = [...new Set(dangers.map(({ code }) => code))];
  return (
    <ul className={styles.dangers}>
      {codes.map((code) => {
        const own = dangers.filter((one) => one.code === code);
        return (
          <li key={code}>
            <Icon name="warning" size={18} />
            <div>
              {own.map(({ field, detail }) => (
                <p key={field}>{detail}</p>
              ))}
              <small>{own[0]?.remedy}</small>
              {accepted !== undefined && onAccept !== undefined ? (
                <Checkbox
                  mt="xs"
                  size="sm"
                  label={t("drafts.accept")}
                  checked={accepted.has(code)}
                  onChange={({ currentTarget }) => onAccept(code, currentTarget.checked)}
                />
              ) : (
                own[0]?.accepted === true && <small>{t("drafts.dangerAccepted")}</small>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** The draft's programme and ladder in sentences, with what sample purchases would earn. */
export function Meaning({ check }: { check: DraftCheck }): ReactElement {
  const { t } = useTexts();
  return (
    <>
      <ul className={styles.sentences}>
        {check.sentences.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {check.examples.length > 0 && (
        <>
          <h3 className={styles.small}>{t("drafts.examples")}</h3>
          <dl className={styles.examples}>
            {check.examples.map(({ total_yen, points, sentence }) => (
              <div key={total_yen}>
                <dt>{formatYen(total_yen)}</dt>
                <dd>
                  <b>{formatPoints(points)}</b>
                  <small>{sentence}</small>
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </>
  );
}
