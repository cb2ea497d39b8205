// Which of the operator's stores this is about. The tablet remembers its own; with one store there is nothing to choose.
import { request } from "@enishi/api/client.ts";
import type { StoreList } from "@enishi/api/types.ts";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useId, useState } from "react";
import { useTexts } from "../../shell/texts.ts";
import styles from "./store-select.module.css";

const REMEMBERED = "enishi.counter.store";

export function useStores() {
  return useQuery({
    queryKey: ["stores"],
    queryFn: ({ signal }) => request<StoreList>("/api/counter/stores", { signal }),
    staleTime: 10 * 60_000,
  });
}

/** The store chosen here: at first the one this tablet used last, else `otherwise`, else the only one. */
export function useStoreChoice(otherwise = ""): [string, (code: string) => void] {
  const { data } = useStores();
  const [chosen, setChosen] = useState<string | null>(null);
  const codes = data?.stores.map((one) => one.code) ?? [];
  const usual = [localStorage.getItem(REMEMBERED) ?? "", otherwise, codes.length === 1 ? (codes[0] ?? "") : ""];
  const store = chosen ?? usual.find((code) => codes.includes(code)) ?? "";
  return [
    store,
    (code) => {
      localStorage.setItem(REMEMBERED, code);
      setChosen(code);
    },
  ];
}

interface SelectProps {
  label: string;
  store: string;
  disabled: boolean;
  onChoose: (code: string) => void;
}

export function StoreSelect({ label, store, disabled, onChoose }: SelectProps): ReactElement {
  const { t } = useTexts();
  const id = useId();
  const { data } = useStores();
  const stores = data?.stores ?? [];
  const [only] = stores;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {stores.length === 1 && only !== undefined ? (
        <output id={id}>{only.name}</output>
      ) : (
        <select id={id} value={store} disabled={disabled} onChange={(event) => onChoose(event.currentTarget.value)}>
          <option value="" disabled>
            {t("claims.chooseStore")}
          </option>
          {stores.map((one) => (
            <option key={one.code} value={one.code}>
              {one.name === one.code ? one.name : `${one.name} · ${one.code}`}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
