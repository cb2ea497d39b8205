// The counter as a whole: who works here, and then one screen to find a customer and one to see them.
import { asProblem } from "@enishi/api/client.ts";
import type { Me } from "@enishi/api/types.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Mark } from "@enishi/ui/mark.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useCallback, useEffect, useRef, useState } from "react";
import { ReturnAlone } from "../features/customer/errands.tsx";
import { CustomerScreen } from "../features/customer/customer.tsx";
import { LogIn } from "../features/login/login.tsx";
import { DayButton } from "../features/reservations/day.tsx";
import { LookupScreen } from "../features/lookup/lookup.tsx";
import { useLookup } from "../features/lookup/queries.ts";
import { noteFailure, useOnline } from "./connection.ts";
import styles from "./counter.module.css";
import { useIdleClear } from "./idle.ts";
import { scanTarget } from "./scan-target.ts";
import { createScanReader } from "./scanner.ts";
import { logOut, SESSION_KEY, useSession } from "./session.ts";
import { useTexts } from "./texts.ts";
import { useView } from "./view.ts";

export function Counter(): ReactElement {
  const { data: me, error, isError, refetch } = useSession();
  const online = useOnline();
  useEffect(() => {
    if (isError) noteFailure(error);
  }, [isError, error]);
  useEffect(() => {
    if (online && isError) void refetch();
  }, [online, isError, refetch]);
  if (me === undefined) return <Starting failed={isError} onRetry={() => void refetch()} />;
  if (me === null) return <LogIn refused={false} />;
  if (!me.permissions.includes("counter.use")) return <LogIn refused />;
  return <Desk me={me} online={online} />;
}

function Starting({ failed, onRetry }: { failed: boolean; onRetry: () => void }): ReactElement {
  const { t } = useTexts();
  return (
    <main className={styles.starting}>
      <Mark size={56} title="Enishi" />
      {failed && (
        <>
          <p role="alert">{t("common:error.offline")}</p>
          <button type="button" className={styles.button} onClick={onRetry}>
            {t("common:retry")}
          </button>
        </>
      )}
    </main>
  );
}

/** Listens to the whole page for a scanner's burst of keys; the field that happens to have focus keeps none of it. */
function useScanner(onScan: (code: string) => void): void {
  const handle = useRef(onScan);
  handle.current = onScan;
  useEffect(() => {
    const reader = createScanReader();
    const listen = (event: KeyboardEvent): void => {
      const code = reader.take(event.key, event.timeStamp);
      if (code === null) return;
      event.preventDefault();
      event.stopPropagation();
      handle.current(code);
    };
    document.addEventListener("keydown", listen, { capture: true });
    return () => document.removeEventListener("keydown", listen, { capture: true });
  }, []);
}

function Desk({ me, online }: { me: Me; online: boolean }): ReactElement {
  const client = useQueryClient();
  const { view, open, reset } = useView();
  const [typed, setTyped] = useState("");
  const lookup = useLookup({ onFound: open });
  const { reset: resetLookup, mutate: lookUp } = lookup;

  const startOver = useCallback(() => {
    reset();
    resetLookup();
    setTyped("");
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] === "customer" || queryKey[0] === "why" });
  }, [reset, resetLookup, client]);

  useScanner((code) => {
    const target = scanTarget();
    if (target !== undefined) {
      target(code);
      return;
    }
    startOver();
    setTyped(code);
    lookUp(code);
  });

  const showing = view.customerId !== null || typed !== "" || lookup.data !== undefined;
  const secondsLeft = useIdleClear(showing, startOver);
  const expired = lookup.isError && asProblem(lookup.error).unauthenticated;
  useEffect(() => {
    if (expired) client.setQueryData(SESSION_KEY, null);
  }, [expired, client]);

  return (
    <div className={styles.desk}>
      <Header me={me} online={online} onHome={startOver} />
      {!online && <OfflineBanner />}
      <main className={styles.main}>
        {view.customerId === null ? (
          <>
            <LookupScreen typed={typed} onType={setTyped} lookup={lookup} online={online} onOpen={open} />
            <ReturnAlone online={online} />
          </>
        ) : (
          <CustomerScreen
            key={view.customerId}
            customerId={view.customerId}
            query={view.query}
            online={online}
            onNext={startOver}
          />
        )}
      </main>
      {secondsLeft !== null && view.customerId !== null && <IdleNotice seconds={secondsLeft} />}
    </div>
  );
}

function Header({ me, online, onHome }: { me: Me; online: boolean; onHome: () => void }): ReactElement {
  const { t } = useTexts();
  const client = useQueryClient();
  const [locale, setLocale] = useLocale();
  const other = locale === "ja" ? "en" : "ja";
  return (
    <header className={styles.header}>
      <button type="button" className={styles.brand} onClick={onHome}>
        <Mark size={34} tone="inverse" />
        <span>{t("name")}</span>
      </button>
      <span className={styles.operator}>{me.display_name}</span>
      {me.permissions.includes("reservations.read") && <DayButton className={styles.tool} online={online} />}
      <button
        type="button"
        className={styles.tool}
        lang={other}
        onClick={() => {
          setLocale(other);
          void client.invalidateQueries();
        }}
      >
        <Icon name="language" size={20} />
        {t(`common:language.${other}`)}
      </button>
      <button type="button" className={styles.tool} onClick={() => void logOut(client)}>
        <Icon name="signOut" size={20} />
        {t("common:signOut")}
      </button>
    </header>
  );
}

function OfflineBanner(): ReactElement {
  const { t } = useTexts();
  return (
    <div className={styles.offline} role="alert">
      <Icon name="offline" size={24} />
      <div>
        <strong>{t("offline.title")}</strong>
        <p>{t("offline.lead")}</p>
      </div>
    </div>
  );
}

function IdleNotice({ seconds }: { seconds: number }): ReactElement {
  const { t } = useTexts();
  return (
    <div className={styles.idle} role="alertdialog" aria-labelledby="idle-title" aria-describedby="idle-text">
      <div>
        <strong id="idle-title">{t("idle.title")}</strong>
        <p id="idle-text">{t("idle.text", { n: seconds })}</p>
      </div>
      <button type="button" className={styles.button}>
        {t("idle.stay")}
      </button>
    </div>
  );
}
