// Who may move points to this customer: the members of the family they head.
import type { TransferTerms } from "@enishi/api/types.ts";
import { Alert, Button, Group, Stack } from "@mantine/core";
import { type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./adjusting.module.css";
import { FindCustomer } from "./find-customer.tsx";
import { Refused } from "./parts.tsx";
import { useSetFamily } from "./queries.ts";

export function FamilyPart({ terms }: { terms: TransferTerms }): ReactElement {
  const { t } = useTexts();
  const saved = terms.own_family.members;
  const [members, setMembers] = useState(saved);
  const save = useSetFamily(terms.customer.customer_id);
  const ids = members.map(({ customer_id }) => customer_id);
  const changed = ids.join() !== saved.map(({ customer_id }) => customer_id).join();
  const edit = (next: typeof members): void => {
    save.reset();
    setMembers(next);
  };
  return (
    <section>
      <Stack gap="sm">
        <div>
          <h3 className={styles.subtitle}>{t("adjusting.transfer.family")}</h3>
          <p className={styles.lead}>
            {terms.family === null
              ? t("adjusting.transfer.familyLead")
              : t("adjusting.transfer.headOf", { name: terms.family.head.name })}
          </p>
        </div>
        {terms.family === null && (
          <>
            {members.length === 0 && <p className={styles.quiet}>{t("adjusting.transfer.noMembers")}</p>}
            <ul className={styles.people} aria-label={t("adjusting.transfer.family")}>
              {members.map((member) => (
                <li key={member.customer_id}>
                  <span>{member.name}</span>
                  <Button
                    size="xs"
                    variant="subtle"
                    color="red"
                    aria-label={t("adjusting.transfer.removeName", { name: member.name })}
                    onClick={() => edit(members.filter((one) => one !== member))}
                  >
                    {t("adjusting.transfer.remove")}
                  </Button>
                </li>
              ))}
            </ul>
            {members.length < terms.members_most ? (
              <FindCustomer
                without={[terms.customer.customer_id, ...ids]}
                action={t("adjusting.transfer.add")}
                onChoose={({ customer_id, name }) => edit([...members, { customer_id, name }])}
              />
            ) : (
              <p className={styles.fact}>{t("adjusting.transfer.most", { n: terms.members_most })}</p>
            )}
            <Refused error={save.error} />
            {save.isSuccess && !changed && (
              <Alert color="green" role="status">
                {t("adjusting.transfer.saved")}
              </Alert>
            )}
            <Group justify="flex-end">
              <Button variant="default" disabled={!changed} loading={save.isPending} onClick={() => save.mutate(ids)}>
                {t("adjusting.transfer.save")}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </section>
  );
}
