/** The first screen: card, points, soonest expiry; then the history. */
import { formatTime } from "@enishi/i18n/format.ts";
import { Icon } from "@enishi/ui/icons.tsx";
import { Mark } from "@enishi/ui/mark.tsx";
import { onlineManager } from "@tanstack/react-query";
import { useSyncExternalStore, type ReactElement } from "react";
import { MemberCard } from "./features/card/member-card.tsx";
import { BenefitLinks } from "./features/benefits/links.tsx";
import { Errands } from "./features/giving/errands.tsx";
import { History } from "./features/history/history.tsx";
import { BalanceCard } from "./features/points/balance.tsx";
import { RankCard } from "./features/rank/rank-card.tsx";
import styles from "./home.module.css";
import { useCard } from "./queries.ts";
import { Awaited } from "./shell/awaited.tsx";
import { open } from "./shell/router.ts";
import { Bookings } from "./features/reservations/bookings.tsx";
import { Bone } from "./shell/states.tsx";
import { useWords } from "./shell/words.ts";

function useOnline(): boolean {
  return useSyncExternalStore(
    (listener) => onlineManager.subscribe(listener),
    () => onlineManager.isOnline(),
  );
}

export function Home(): ReactElement {
  const { t } = useWords();
  const card = useCard();
  // When not even the card came, one message with one way to try again says enough.
  const showHistory = card.data !== undefined || card.error === null;
  return (
    <div className={styles.page}>
      <a className={styles.skip} href="#history">
        {t("app.skip")}
      </a>
      <header className={styles.top}>
        <h1 className={styles.brand}>
          <Mark size={26} />
          {t("app.title")}
        </h1>
        <button type="button" className={styles.menu} onClick={() => open({ name: "menu" })} aria-label={t("app.menu")}>
          <Icon name="menu" size={24} />
        </button>
      </header>
      <main className={styles.main}>
        <div className={styles.first}>
          <OfflineBanner />
          <CardAndPoints />
          {showHistory && <Bookings />}
        </div>
        {showHistory && <History />}
      </main>
    </div>
  );
}

function OfflineBanner(): ReactElement | null {
  const { t } = useWords();
  const online = useOnline();
  const { data, dataUpdatedAt } = useCard();
  if (online || data === undefined) return null;
  return (
    <p className={styles.offline} role="status">
      <Icon name="offline" size={18} />
      {t("offline.banner", { time: formatTime(new Date(dataUpdatedAt).toISOString()) })}
    </p>
  );
}

function CardAndPoints(): ReactElement {
  return (
    <Awaited query={useCard()} failed="problem.card" bones={<CardBones />}>
      {(card) => (
        <>
          <MemberCard card={card} />
          <BalanceCard balance={card.balance} standing={card.standing} />
          <RankCard />
          <Errands />
          <BenefitLinks />
        </>
      )}
    </Awaited>
  );
}

/** The shapes of card and points, of the same height as what is coming. */
function CardBones(): ReactElement {
  const { t } = useWords();
  return (
    <div className={styles.bones} role="status" aria-label={t("loading")}>
      <Bone width="100%" height="15.5rem" />
      <Bone width="100%" height="9rem" />
    </div>
  );
}
