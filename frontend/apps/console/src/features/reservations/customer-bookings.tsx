// The bookings of a customer on their page, and booking for them.
import { formatDateTime } from "@enishi/i18n/format.ts";
import { useLocale } from "@enishi/i18n/start.ts";
import { BookingFlow } from "@enishi/ui/reservations/booking-flow.tsx";
import { useOwnBookings, useStores } from "@enishi/ui/reservations/requests.ts";
import { Button, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Card } from "../../shell/page.tsx";
import { useMay } from "../../shell/session.ts";
import { useTexts } from "../../shell/texts.ts";
import { CONSOLE, placeOf } from "./queries.ts";
import styles from "./reservations.module.css";

export function CustomerBookings({ customerId }: { customerId: string }): ReactElement | null {
  const may = useMay();
  return may("reservations.read") ? <Bookings customerId={customerId} /> : null;
}

function Bookings({ customerId }: { customerId: string }): ReactElement | null {
  const { t } = useTexts();
  const [locale] = useLocale();
  const may = useMay();
  const [opened, modal] = useDisclosure(false);
  const place = placeOf(customerId);
  const { data: stores } = useStores(CONSOLE);
  const { data: own } = useOwnBookings(place);
  if (stores === undefined || stores.stores.length === 0 || own === undefined) return null;
  const shown = [...own.coming, ...own.past].slice(0, 5);
  return (
    <Card
      title={t("booking.title")}
      actions={
        may("reservations.write") && (
          <Button variant="default" size="xs" onClick={modal.open}>
            {t("common:reservations.book")}
          </Button>
        )
      }
    >
      {shown.length === 0 && <p className={styles.quiet}>{t("booking.unoccupied")}</p>}
      <ul className={styles.waits}>
        {shown.map((one) => (
          <li key={one.booking_id}>
            <Link
              to="/reservations"
              search={{ store: one.store, from: one.on_day, booking: one.booking_id }}
              className="enishi-figure"
            >
              {formatDateTime(one.starts_at, locale)}
            </Link>
            <span>{one.name}</span>
            <small>{t(`common:reservations.state.${one.state}`)}</small>
          </li>
        ))}
      </ul>
      <Modal
        opened={opened}
        onClose={modal.close}
        size="xl"
        title={t("common:reservations.book")}
        closeButtonProps={{ "aria-label": t("common:close") }}
      >
        <BookingFlow place={place} onDone={modal.close} />
      </Modal>
    </Card>
  );
}
