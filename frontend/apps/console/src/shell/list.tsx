// The parts that lists share: the foot with the next page, skeletons, and the link that saves the list as a file.
import { Icon } from "@enishi/ui/icons.tsx";
import { Button, Skeleton } from "@mantine/core";
import type { ReactElement } from "react";
import styles from "./list.module.css";
import { Failed } from "./states.tsx";
import { useTexts } from "./texts.ts";

interface FootProps {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  error: unknown;
}

export function ListFoot({ hasNextPage, isFetchingNextPage, fetchNextPage, error }: FootProps): ReactElement {
  const { t } = useTexts();
  return (
    <div className={styles.more}>
      {error !== null && <Failed error={error} onRetry={() => void fetchNextPage()} />}
      {hasNextPage ? (
        <Button variant="default" size="sm" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("common:more")}
        </Button>
      ) : (
        <p>{t("adjusting.end")}</p>
      )}
    </div>
  );
}

export function ListSkeleton({ rows = 6 }: { rows?: number }): ReactElement {
  return (
    <div className={styles.skeletons} aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={28} />
      ))}
    </div>
  );
}

export function CsvLink({ href }: { href: string }): ReactElement {
  const { t } = useTexts();
  return (
    <Button
      component="a"
      href={href}
      download
      variant="default"
      size="sm"
      leftSection={<Icon name="download" size={16} />}
    >
      {t("adjusting.csv")}
    </Button>
  );
}
