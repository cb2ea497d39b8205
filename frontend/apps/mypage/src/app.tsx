/** My page: the home, and over it whatever the address names. */
import { ClaimSheet } from "./features/claims/claim-sheet.tsx";
import { lazy, Suspense, useEffect, type ReactElement } from "react";
import { HeldOutCard } from "./features/card/held-out.tsx";
import { ReplaceSheet } from "./features/card/replace-sheet.tsx";
import { ReceiptSheet } from "./features/history/receipt-sheet.tsx";
import { WhySheet } from "./features/history/why-sheet.tsx";
import { FamilySheet } from "./features/giving/family-sheet.tsx";
import { GiftSheet } from "./features/giving/gift-sheet.tsx";
import { Login } from "./features/login/login.tsx";
import { MenuSheet } from "./features/menu/menu-sheet.tsx";
import { ExpirySheet } from "./features/points/expiry-sheet.tsx";
import { WaitingSheet } from "./features/points/waiting-sheet.tsx";
import { Home } from "./home.tsx";
import { close, useRoute, type Route } from "./shell/router.ts";
import { Bones } from "./shell/states.tsx";
import { Sheet } from "./shell/sheet.tsx";
import { useWords, type Word } from "./shell/words.ts";

// Not needed before somebody books: the first page loads without it.
const BenefitsSheet = lazy(() => import("./features/benefits/benefits-sheet.tsx"));
const ReferralSheet = lazy(() => import("./features/benefits/referral-sheet.tsx"));
const RankSheet = lazy(() => import("./features/rank/rank-sheet.tsx"));
const BookSheet = lazy(() => import("./features/reservations/book-sheet.tsx"));
const BookingSheet = lazy(() => import("./features/reservations/booking-sheet.tsx"));
const BookingsSheet = lazy(() => import("./features/reservations/bookings-sheet.tsx"));

const TITLES: Readonly<Record<Route["name"], Word>> = {
  home: "app.title",
  login: "login.title",
  card: "card.title",
  replace: "replace.title",
  expiry: "points.breakdown",
  waiting: "waiting.title",
  gift: "giving.gift",
  family: "giving.family",
  claim: "giving.claim",
  menu: "app.menu",
  benefits: "benefits.title",
  rank: "ranks.title",
  referral: "referral.title",
  book: "reservations.book",
  bookings: "booking.all",
  booking: "booking.detail",
  receipt: "receipt.title",
  why: "why.title",
};

export function App(): ReactElement {
  const { t } = useWords();
  const route = useRoute();
  const title = t(TITLES[route.name]);

  useEffect(() => {
    document.title = route.name === "home" ? `${title} – Enishi` : `${title} – ${t("app.title")}`;
  }, [route.name, title, t]);

  if (route.name === "login") return <Login />;
  return (
    <>
      <Home />
      {route.name === "card" && <HeldOutCard onClose={close} />}
      {isSheet(route) && (
        <Sheet title={title} onClose={close}>
          <Suspense fallback={<Bones rows={3} />}>
            <SheetContent route={route} />
          </Suspense>
        </Sheet>
      )}
    </>
  );
}

type SheetRoute = Exclude<Route, { name: "home" | "login" | "card" }>;

function isSheet(route: Route): route is SheetRoute {
  return route.name !== "home" && route.name !== "login" && route.name !== "card";
}

function SheetContent({ route }: { route: SheetRoute }): ReactElement {
  switch (route.name) {
    case "expiry":
      return <ExpirySheet />;
    case "gift":
      return <GiftSheet />;
    case "family":
      return <FamilySheet />;
    case "claim":
      return <ClaimSheet />;
    case "waiting":
      return <WaitingSheet />;
    case "replace":
      return <ReplaceSheet />;
    case "book":
      return <BookSheet />;
    case "bookings":
      return <BookingsSheet />;
    case "booking":
      return <BookingSheet key={route.id} bookingId={route.id} />;
    case "benefits":
      return <BenefitsSheet />;
    case "rank":
      return <RankSheet />;
    case "referral":
      return <ReferralSheet code={route.code} />;
    case "menu":
      return <MenuSheet />;
    case "receipt":
      return <ReceiptSheet key={route.id} purchaseId={route.id} />;
    case "why":
      return <WhySheet key={route.id} entryId={route.id} />;
  }
}
