// Finding another customer inside a dialog, by any identifier, and choosing one.
import type { CustomerBrief } from "@enishi/api/types.ts";
import { formatIdentifier } from "@enishi/i18n/format.ts";
import { Button, TextInput } from "@mantine/core";
import { type KeyboardEvent, type ReactElement, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./adjusting.module.css";
import { Refused } from "./parts.tsx";
import { useFindCustomers } from "./queries.ts";

interface FindCustomerProps {
  /** Who can not be chosen, being chosen already or the customer in question. */
  without: readonly string[];
  action: string;
  onChoose: (customer: { customer_id: string; name: string }) => void;
}

export function FindCustomer({ without, action, onChoose }: FindCustomerProps): ReactElement {
  const { t } = useTexts();
  const [typed, setTyped] = useState("");
  const find = useFindCustomers();
  const search = (): void => {
    if (typed.trim() !== "") find.mutate(typed.trim());
  };
  // The field stands in a form of its own dialog, which Enter must not send.
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    search();
  };
  const choose = (customer: CustomerBrief): void => {
    find.reset();
    setTyped("");
    onChoose(customer);
  };
  const found = find.data?.customers.filter(({ customer_id }) => !without.includes(customer_id));
  return (
    <>
      <div className={styles.search}>
        <TextInput
          type="search"
          label={t("adjusting.transfer.search")}
          placeholder={t("adjusting.transfer.searchHint")}
          autoComplete="off"
          spellCheck={false}
          maxLength={256}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Button variant="default" onClick={search} loading={find.isPending} disabled={typed.trim() === ""}>
          {t("adjusting.transfer.find")}
        </Button>
      </div>
      <Refused error={find.error} />
      {found?.length === 0 && (
        <p className={styles.quiet} role="status">
          {t("adjusting.transfer.none")}
        </p>
      )}
      {found !== undefined && found.length > 0 && (
        <ul className={styles.people}>
          {found.map((customer) => (
            <li key={customer.customer_id}>
              <span>
                {customer.name} <Known customer={customer} />
              </span>
              <Button size="xs" variant="light" onClick={() => choose(customer)}>
                {action}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Known({ customer }: { customer: CustomerBrief }): ReactElement | null {
  const { word } = useTexts();
  const [first] = customer.identifiers;
  if (first === undefined) return null;
  return (
    <small>
      {word("common:identifier", first.kind)} {formatIdentifier(first.kind, first.value)}
    </small>
  );
}
